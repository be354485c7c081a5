import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { deriveSecrets } from '../../../src/domain/keys/secrets.ts'
import { operations } from '../../support/operations.ts'
import { assertUnauthorized } from '../../support/answers.ts'
import { TestService } from '../../support/service.ts'
import { decode, forge } from '../../support/tokens.ts'
import { addUser, type Person } from '../../support/users.ts'

const secretKey = 'a secret key for this test, long enough'

describe('tokens in requests', () => {
  let service: TestService
  let user: Person

  before(async () => {
    service = await TestService.start({ SECRET_KEY: secretKey })
    user = await addUser(service, { superuser: true })
  })
  after(() => service.stop())

  const getMe = (token: string) => service.call('getMe', { token })
  const verify = (token: string) => service.call('verifyToken', { body: { token } })

  it('are accepted only in the Authorization header, by every operation (security 53)', async () => {
    assert.equal((await getMe(user.access)).status, 200)
    const names = ['access_token', 'token', 'access', 'bearer', 'authorization']
    const form = new URLSearchParams(names.map((name) => [name, user.access])).toString()
    const elsewhere = {
      Cookie: names.map((name) => `${name}=${user.access}`).join('; '),
      'X-Access-Token': user.access,
      'Proxy-Authorization': `Bearer ${user.access}`,
    }
    const secured = operations.filter((operation) => operation.secured)
    assert.ok(secured.length > 15, String(secured.length))
    for (const { method, path } of secured) {
      const refuse = async (target: string, init: RequestInit) => {
        assertUnauthorized(await service.fetch(target, { method, ...init }), 'not_authenticated')
      }
      await refuse(`${path}?${form}`, {})
      await refuse(path, { headers: elsewhere })
      const asForm = { 'Content-Type': 'application/x-www-form-urlencoded' }
      if (method !== 'GET') await refuse(path, { headers: asForm, body: form })
    }
  })

  it('are refused if the same signature is encoded differently (security 43)', async () => {
    const [head = '', payload = '', signature = ''] = user.access.split('.')
    const reencoded = signature.replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1))
    assert.deepEqual(Buffer.from(reencoded, 'base64url'), Buffer.from(signature, 'base64url'))
    const other = [head, payload, reencoded].join('.')
    assertUnauthorized(await getMe(other), 'token_not_valid')
    assertUnauthorized(await verify(other), 'token_not_valid')
    assert.equal((await verify(user.access)).status, 200)
  })

  it('are refused with 401 even if they are nearly as long as a header (security 43)', async () => {
    for (const text of ['A'.repeat(15_000), '.'.repeat(15_000), `${user.access}${'A'.repeat(14_000)}`])
      assertUnauthorized(await getMe(text), 'token_not_valid')
  })

  it('cannot be forged by someone who has read the database (security 32)', async () => {
    const { header, claims } = decode(user.refresh)
    const byKey = (key: string | Buffer) => verify(forge({ header, claims }, createSecretKey(Buffer.from(key))))
    const tables = await service.sql<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
    )
    const stored = new Set<string>()
    for (const { name } of tables)
      for (const row of await service.sql(`select * from ${name}`))
        for (const value of Object.values(row))
          for (const form of formsOf(value)) if (form.length > 0) stored.add(form.toString('latin1'))
    assert.ok(stored.size > 20, String(stored.size))
    const answers = await Promise.all([...stored].map((value) => byKey(Buffer.from(value, 'latin1'))))
    for (const answer of answers) assertUnauthorized(answer, 'token_not_valid')
    assert.equal((await byKey(deriveSecrets(secretKey).refreshTokens.export())).status, 200)
  })
})

/** Returns the keys that a stored value may contain: its bytes or text, and its text decoded from hex and base64. */
function formsOf(value: unknown): Buffer[] {
  if (Buffer.isBuffer(value)) return [value, ...[0, 12, 16].map((start) => value.subarray(start, start + 32))]
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return [Buffer.from(text), Buffer.from(text, 'hex'), Buffer.from(text, 'base64')]
}
