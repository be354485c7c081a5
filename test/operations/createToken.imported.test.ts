import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { assertUnauthorized } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { addUser } from '../support/users.ts'

// Django made these hashes: test/django/make_hashes.py.
const { password, quick } = JSON.parse(readFileSync(new URL('../django/hashes.json', import.meta.url), 'utf8')) as {
  password: string
  quick: string[]
}

describe('createToken for a password with a hash of Django (security 9, 13)', () => {
  let service: TestService
  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  const storedHash = async (id: string) => {
    const [row] = await service.sql<{ password_hash: Buffer }>('select password_hash from users where id = $1', [id])
    return row?.password_hash.toString('latin1') ?? ''
  }

  for (const hash of quick) {
    it(`signs the user in and renews the hash: ${hash.slice(0, 20)}`, async () => {
      const { id, email } = await addUser(service, { passwordHash: Buffer.from(hash) })
      const wrong = { email, password: 'a wrong password' }
      assertUnauthorized(await service.call('createToken', { body: wrong }), 'no_active_account')
      assert.equal(await storedHash(id), hash)
      assert.equal((await service.call('createToken', { body: { email, password } })).status, 200)
      const renewed = await storedHash(id)
      assert.ok(renewed.startsWith('scrypt\0'))
      assert.equal((await service.call('createToken', { body: { email, password } })).status, 200)
      assert.equal(await storedHash(id), renewed)
    })
  }

  it('accepts the hash as the current password of changePassword', async () => {
    const { access, id } = await addUser(service, { passwordHash: Buffer.from(quick[0] ?? '') })
    const changed = 'another horse battery'
    const body = { current_password: password, password: changed, password_confirm: changed }
    assert.equal((await service.call('changePassword', { body, token: access })).status, 200)
    assert.ok((await storedHash(id)).startsWith('scrypt\0'))
  })
})
