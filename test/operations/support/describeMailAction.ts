import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { assertProblem } from '../../support/answers.ts'
import type { TestService } from '../../support/service.ts'
import { addUser, insertMail, type Person } from '../../support/users.ts'
import { describeSuperusersOnly } from './describeCredentials.ts'

/** Describes which mails retryMail and discardMail refuse. */
export function describeMailAction(operationId: 'retryMail' | 'discardMail', service: () => TestService): void {
  let superuser: Person
  before(async () => {
    superuser = await addUser(service(), { superuser: true })
  })

  const act = (id: string) => service().call(operationId, { path: { mail_id: id }, token: superuser.access })

  for (const status of ['sent', 'dropped'])
    it(`returns 409 for a mail with the status ${status}, and does not change it`, async () => {
      const id = await insertMail(service(), superuser, { status })
      const rows = () => service().sql('select * from mails where id = $1', [id])
      const before = await rows()
      assertProblem(await act(id), 409, 'mail_not_pending')
      assert.deepEqual(await rows(), before)
    })

  it('returns 409 for a mail that is being sent, and does not change it', async () => {
    const id = await insertMail(service(), superuser, { status: 'queued' })
    // Another worker runs the job. Its heartbeat is in the future, so that no worker releases the job.
    await service().sql(
      `select graphile_worker.add_job('deliver_mail', json_build_object('id', $1::text), job_key => $1::text,
         run_at => now() + interval '1 day')`,
      [id],
    )
    await service().sql(
      `update graphile_worker._private_jobs set locked_at = now() + interval '1 day', locked_by = 'another'
       where key = $1`,
      [id],
    )
    assertProblem(await act(id), 409, 'mail_not_pending')
    const [mail] = await service().sql<{ status: string }>('select status from mails where id = $1', [id])
    assert.equal(mail?.status, 'queued')
    const jobs = await service().sql('select locked_by from graphile_worker._private_jobs where key = $1', [id])
    assert.deepEqual(jobs, [{ locked_by: 'another' }])
    await service().sql('delete from mails where id = $1', [id]) // countMails waits for queued mails
    await service().sql('delete from graphile_worker._private_jobs where key = $1', [id])
  })

  it('returns 404 for an unknown or malformed id', async () => {
    for (const id of [randomUUID(), 'x']) assertProblem(await act(id), 404, 'not_found')
  })

  describeSuperusersOnly(operationId, service)
}
