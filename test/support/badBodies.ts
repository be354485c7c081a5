import assert from 'node:assert/strict'
import { fieldErrorsOf, assertProblem } from './answers.ts'
import type { Answer, OperationId, TestService } from './service.ts'
import { operationRoutes } from './operations.ts'

/** Tests that hold for every operation with a JSON body; `good` has each of its members, all of them texts. */
export function itRefusesBadBodies(
  service: () => TestService,
  operationId: OperationId,
  good: Record<string, string>,
  optional: string[] = [],
): void {
  const { method, path } = operationRoutes[operationId]
  const send = (body: string, type = 'application/json') =>
    service().fetch(path, { method, headers: { 'Content-Type': type }, body })
  const assertFault = (answer: Answer, fault: string) => {
    assertProblem(answer, 400, 'invalid')
    assert.ok(fieldErrorsOf(answer).includes(fault), `${JSON.stringify(answer.body)} does not name ${fault}`)
  }

  it('names each member that is missing or of another type', async () => {
    for (const member of Object.keys(good)) {
      const { [member]: _, ...others } = good
      if (!optional.includes(member)) assertFault(await send(JSON.stringify(others)), `/${member} required`)
      assertFault(await send(JSON.stringify({ ...good, [member]: 12345678 })), `/${member} type`)
    }
    for (const body of ['', '[]', '"{}"', 'null']) assertProblem(await send(body), 400, 'invalid')
  })

  it('refuses NUL and lone surrogates in any member (security 6, 68)', async () => {
    for (const member of Object.keys(good)) {
      for (const character of ['\u0000', '\ud800', '\udfff']) {
        const answer = await send(JSON.stringify({ ...good, [member]: `${String(good[member])}${character}` }))
        assertProblem(answer, 400, 'invalid')
        assert.match(fieldErrorsOf(answer).join(), new RegExp(`/${member} (format|pattern|enum)`))
      }
    }
  })

  it('refuses unknown members by their pointers, __proto__ and constructor too (security 65, 75)', async () => {
    for (const member of ['is_superuser', 'id', '__proto__', 'constructor']) {
      const body = JSON.stringify(good).replace('{', `{"${member}": {"is_superuser": true}, `)
      assertFault(await send(body), `/${member} unknown_member`)
    }
    assertFault(await send(JSON.stringify({ ...good, 'a/b~c': 1 })), '/a~1b~0c unknown_member')
  })

  it('refuses more than 64 KiB with 413, and what is not declared as JSON in UTF-8 with 415 (security 62, 63)', async () => {
    assertProblem(await send(JSON.stringify({ ...good, more: 'a'.repeat(64 * 1024) })), 413, 'content_too_large')
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16'])
      assertProblem(await send(JSON.stringify(good), type), 415, 'unsupported_media_type')
  })
}
