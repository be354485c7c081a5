import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { operations, type Operation } from '../support/operations.ts'
import { TestService } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'

/** What may happen to a user before the last byte of a request arrives. */
const fates: [what: string, sql: string, status: number, code: string][] = [
  ['suspended', 'update users set is_active = false where id = $1', 401, 'user_inactive'],
  ['deleted', 'delete from users where id = $1', 401, 'user_not_found'],
  ['signed out', 'update sessions set ended_at = now() where user_id = $1', 401, 'token_not_valid'],
]
const demoted = ['demoted', 'update users set is_superuser = false where id = $1', 403, 'permission_denied'] as const

describe('a request whose body arrives late (security 88)', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  /** Sends a request without its last byte. @returns a function that sends the byte and waits for the answer */
  async function hold({ method, path, example }: Operation, { access }: Person) {
    const body = JSON.stringify(example)
    const headers = {
      Authorization: `Bearer ${access}`,
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(body)),
    }
    const held = request(`${service.url}${path}`, { method, headers })
    held.write(body.slice(0, -1))
    held.flushHeaders()
    await once(held, 'socket')
    await new Promise((resolve) => setTimeout(resolve, 100)) // Until the service has read the header.
    return async () => {
      held.end(body.slice(-1))
      const [response] = (await once(held, 'response')) as [import('node:http').IncomingMessage]
      return { status: response.statusCode, body: JSON.parse(await text(response)) as { code?: string } }
    }
  }

  for (const operation of operations.filter(({ secured, example }) => secured && example)) {
    const isForSuperusers = operation.template.startsWith('/api/v1/users/{') || operation.id === 'createUser'
    for (const [what, sql, status, code] of isForSuperusers ? [...fates, demoted] : fates)
      it(`is refused for ${operation.id} if the user is ${what} before it arrives`, async () => {
        const person = await addUser(service, { superuser: isForSuperusers })
        const finish = await hold(operation, person)
        await service.sql(sql, [person.id])
        const answer = await finish()
        assert.deepEqual([answer.status, answer.body.code], [status, code])
      })
  }

  it('is tested here for every operation that takes a token and a body', () => {
    assert.ok(operations.filter(({ secured, example }) => secured && example).length >= 8)
  })
})
