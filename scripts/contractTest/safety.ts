import type { Call, Expected, Reply, Request } from './call.ts'
import { findDifference } from './checks.ts'

/**
 * Tests that the service accepts a change if If-Match contains the current ETag, and refuses it if If-Match has an
 * outdated, weak or malformed ETag.
 */
export async function testIfMatch(call: Call, get: string, update: string, request: Request): Promise<void> {
  const change = (title: string, expected: Expected, tag: string, lastName: string) =>
    call(update, title, expected, { ...request, body: { last_name: lastName }, headers: { 'If-Match': tag } })
  const first = tagOf(await call(get, 'before changes with If-Match', 200, request))
  const second = tagOf(await change('with the current ETag', 200, first, 'First'))
  await change('with an ETag from before a change', '412 precondition_failed', first, 'Lost')
  await change('with a weak ETag', '412 precondition_failed', `W/${second}`, 'Weak')
  await change('with a list of ETags', 200, `${first}, ${second}`, 'Second')
  await change('with a malformed ETag', '400 invalid', first.slice(1), 'Malformed')
}

/**
 * Tests that a repeated createUser returns the first reply, and that its key cannot be used for another user.
 * @param first the reply to the request with this key and body
 */
export async function testIdempotencyKey(
  call: Call,
  request: Request & { body: object },
  first: Reply | undefined,
): Promise<void> {
  const check = (reply: Reply) => findDifference(reply.body, first?.body, 'the user')
  await call('createUser', 'repeated with its Idempotency-Key', 201, { ...request, check })
  const other = { ...request, body: { ...request.body, first_name: 'Other' } }
  await call('createUser', 'another user with the same Idempotency-Key', '409 idempotency_key_reused', other)
  const malformed = { ...request, headers: { 'Idempotency-Key': '"' } }
  await call('createUser', 'a malformed Idempotency-Key', '400 invalid', malformed)
}

const tagOf = (reply: Reply | undefined) => reply?.headers['etag'] ?? ''
