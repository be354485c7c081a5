import assert from 'node:assert/strict'
import { assertProblem, fieldErrorsOf } from '../../support/answers.ts'
import { operationRoutes } from '../../support/operations.ts'
import type { Answer, OperationId, TestService } from '../../support/service.ts'
import { addOwner, type Person } from '../../support/users.ts'
import { rowsOf } from './describeCredentials.ts'

/** A body with an error: its description, the body and the error, as "/email format". */
export type RefusedBody = [title: string, body: object, error: string]

/** Defines a test for each body that an operation refuses with 400, and that it changes nothing for it. */
export function itRefusesBodies(
  cases: RefusedBody[],
  send: (body: object) => Promise<Answer>,
  state: () => Promise<unknown>,
): void {
  for (const [title, body, error] of cases) {
    it(`refuses ${title}: ${error}`, async () => {
      const before = await state()
      const answer = await send(body)
      assertProblem(answer, 400, 'invalid')
      assert.ok(fieldErrorsOf(answer).includes(error), `${JSON.stringify(answer.body)} does not name ${error}`)
      assert.deepEqual(await state(), before)
    })
  }
}

/** Describes the bodies that an operation for signed-in users refuses unread. */
export function describeUnreadableBodies(
  operationId: OperationId,
  service: () => TestService,
  { superuser = false } = {},
): void {
  describe('a body that cannot be read (security 62–64)', () => {
    let person: Person
    beforeEach(async () => {
      person = await addOwner(service(), { superuser })
    })

    const send = async (body: string, type = 'application/json') => {
      const { method, path } = operationRoutes[operationId]
      const headers = { 'Content-Type': type, Authorization: `Bearer ${person.access}` }
      const before = await rowsOf(service(), person)
      const answer = await service().fetch(path.replace('{user_id}', person.id), { method, headers, body })
      assert.deepEqual(await rowsOf(service(), person), before)
      return answer
    }

    it('is refused with 400 unless it is a JSON object', async () => {
      for (const body of ['', '[]', '"{}"', 'null', '{"']) assertProblem(await send(body), 400, 'invalid')
    })

    it('is refused with 413 beyond 64 KiB', async () => {
      const body = JSON.stringify({ first_name: 'x'.repeat(65_536) })
      assertProblem(await send(body), 413, 'content_too_large')
    })

    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/merge-patch+json',
      'application/json; charset=utf-16',
    ]) {
      it(`is refused with 415 as ${type}`, async () => {
        assertProblem(await send('{}', type), 415, 'unsupported_media_type')
      })
    }
  })
}
