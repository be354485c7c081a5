import assert from 'node:assert/strict'
import { TestService } from '../support/service.ts'
import { addUser } from '../support/users.ts'

describe('the queue of mails that are requested without sign-in (security 91)', () => {
  let service: TestService
  before(async () => {
    service = await TestService.start({ TRUSTED_PROXIES: 'loopback' })
  })
  after(() => service.stop())

  it('gives a mail less priority, the more mails its network has in the queue', async () => {
    const releaseJobs = await holdJobs()
    const request = (operation: 'forgotPassword' | 'resendActivation', ip: string) =>
      service.call(operation, { body: { email: service.email() }, headers: { 'X-Forwarded-For': ip } })
    await request('forgotPassword', '192.0.2.1')
    await request('resendActivation', '192.0.2.1')
    await request('forgotPassword', '192.0.2.2')
    await request('forgotPassword', '2001:db8:1:1::1')
    await request('forgotPassword', '2001:db8:1:2::1') // from the same /48
    const rows = await service.sql<{ priority: number }>(
      `select priority from graphile_worker.jobs where task_identifier = 'deliver_mail' order by id`,
    )
    assert.deepEqual(
      rows.map(({ priority }) => priority),
      [0, 1, 0, 0, 1],
    )
    await releaseJobs()
    await service.countMails()
  })

  it('sends mails that an earlier release queued', async () => {
    const { id, email } = await addUser(service)
    await service.sql(
      `with mail as (insert into mails (id, kind, address, user_id) values (gen_random_uuid(), 'password_changed', $1, $2) returning id)
       select graphile_worker.add_job('send_mail', json_build_object('id', mail.id), job_key => mail.id::text) from mail`,
      [email, id],
    )
    assert.match((await service.mailTo(email)).subject, /^Your password/)
  })

  /** Keeps the worker from acquiring jobs. @returns a function that releases them */
  async function holdJobs(): Promise<() => Promise<unknown>> {
    await service.sql(
      `create function postpone() returns trigger language plpgsql as $$ begin new.run_at := now() + interval '1 day'; return new; end $$`,
    )
    await service.sql(
      'create trigger postpone before insert on graphile_worker._private_jobs for each row execute function postpone()',
    )
    return async () => {
      await service.sql('drop trigger postpone on graphile_worker._private_jobs')
      await service.sql('update graphile_worker._private_jobs set run_at = now()')
    }
  }
})
