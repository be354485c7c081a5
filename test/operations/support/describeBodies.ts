import assert from 'node:assert/strict'
import { assertProblem, fieldErrorsOf } from '../../support/answers.ts'
import { operationRoutes } from '../../support/operations.ts'
import type { Answer, OperationId, TestService } from '../../support/service.ts'
import { addOwner, type Person } from '../../support/users.ts'
import { rowsOf } from './describeCredentials.ts'

/** A body that is refused: its description, the body itself, and its error, such as "/email format". */
export type RefusedBody = [title: string, body: object, error: string]

function assertFieldError(answer: Answer, error: string): void {
  assertProblem(answer, 400, 'invalid')
  assert.ok(fieldErrorsOf(answer).includes(error), `${JSON.stringify(answer.body)} does not name ${error}`)
}

/** Defines a test for each body: the operation refuses the body with 400, and changes nothing. */
export function itRefusesBodies(
  cases: RefusedBody[],
  send: (body: object) => Promise<Answer>,
  state: () => Promise<unknown>,
): void {
  for (const [title, body, error] of cases) {
    it(`gets 400: ${title} (${error})`, async () => {
      const before = await state()
      assertFieldError(await send(body), error)
      assert.deepEqual(await state(), before)
    })
  }
}

/** Describes the bodies that an operation for signed-in users refuses because it cannot read them. */
export function describeUnreadableBodies(
  operationId: OperationId,
  service: () => TestService,
  { superuser = false } = {},
): void {
  const { method, path } = operationRoutes[operationId]
  describeUnread(async (body, type) => {
    const person: Person = await addOwner(service(), { superuser })
    const headers = { 'Content-Type': type, Authorization: `Bearer ${person.access}` }
    const before = await rowsOf(service(), person)
    const answer = await service().fetch(path.replace('{user_id}', person.id), { method, headers, body })
    assert.deepEqual(await rowsOf(service(), person), before)
    return answer
  })
}

/** Describes the bodies that a public operation refuses. `good` is a valid body with all members, as strings. */
export function describeBodies(
  operationId: OperationId,
  service: () => TestService,
  good: Record<string, string>,
  optional: string[] = [],
): void {
  const { method, path } = operationRoutes[operationId]
  const send = (body: string, type = 'application/json') =>
    service().fetch(path, { method, headers: { 'Content-Type': type }, body })
  const members = Object.keys(good)

  it('names each member that is missing or has the wrong type', async () => {
    for (const member of members) {
      const { [member]: _, ...others } = good
      if (!optional.includes(member)) assertFieldError(await send(JSON.stringify(others)), `/${member} required`)
      assertFieldError(await send(JSON.stringify({ ...good, [member]: 12345678 })), `/${member} type`)
    }
  })

  describe('a text with NUL or a lone surrogate (security 6, 68)', () => {
    for (const [title, character] of [
      ['NUL', '\u0000'],
      ['a lone high surrogate', '\ud800'],
      ['a lone low surrogate', '\udfff'],
    ] as const) {
      it(`gets 400 in whichever member it is: ${title}`, async () => {
        for (const member of members) {
          const answer = await send(JSON.stringify({ ...good, [member]: `${String(good[member])}${character}` }))
          assertProblem(answer, 400, 'invalid')
          assert.match(fieldErrorsOf(answer).join(), new RegExp(`/${member} (format|pattern|enum)`))
        }
      })
    }
  })

  describe('an unknown member (security 65, 75)', () => {
    for (const member of ['is_superuser', 'id', '__proto__', 'constructor']) {
      it(`gets 400 with its pointer: ${member}`, async () => {
        const body = JSON.stringify(good).replace('{', `{"${member}": {"is_superuser": true}, `)
        assertFieldError(await send(body), `/${member} unknown_member`)
      })
    }

    it('gets 400 with its pointer, which is escaped: a/b~c', async () => {
      assertFieldError(await send(JSON.stringify({ ...good, 'a/b~c': 1 })), '/a~1b~0c unknown_member')
    })
  })

  describeUnread(send)
}

function describeUnread(send: (body: string, type: string) => Promise<Answer>): void {
  describe('an unreadable body (security 62–64)', () => {
    it('gets 400 unless it is a JSON object', async () => {
      for (const body of ['', '[]', '"{}"', 'null', '{"'])
        assertProblem(await send(body, 'application/json'), 400, 'invalid')
    })

    it('gets 413 if it is longer than 64 KiB', async () => {
      const body = JSON.stringify({ more: 'x'.repeat(65_536) })
      assertProblem(await send(body, 'application/json'), 413, 'content_too_large')
    })

    it('gets 415 unless its content type is JSON in UTF-8', async () => {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16'])
        assertProblem(await send('{}', type), 415, 'unsupported_media_type')
      assertProblem(await send('{}', 'application/merge-patch+json'), 415, 'unsupported_media_type')
    })
  })
}
