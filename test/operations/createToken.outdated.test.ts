import assert from 'node:assert/strict'
import { assertUnauthorized } from '../support/answers.ts'
import { password, TestService } from '../support/service.ts'
import { addUser, quickHash } from '../support/users.ts'

describe('createToken for a password with an outdated hash (security 106)', () => {
  let service: TestService
  let hashed = 0
  before(async () => {
    service = await TestService.start()
    const { passwords } = service.service.services
    const hash = passwords.hash.bind(passwords)
    passwords.hash = (...given) => {
      hashed++
      return hash(...given)
    }
  })
  after(() => service.stop())
  beforeEach(() => {
    hashed = 0
  })

  const addOutdated = async () => addUser(service, { passwordHash: await quickHash })
  const storedHash = async (id: string) => {
    const [row] = await service.sql<{ hash: string }>(
      `select encode(password_hash, 'hex') as hash from users where id = $1`,
      [id],
    )
    return row?.hash
  }

  it('computes no new hash before it refuses a suspended account', async () => {
    const { id, email } = await addOutdated()
    const stored = await storedHash(id)
    await service.sql('update users set is_active = false where id = $1', [id])
    assertUnauthorized(await service.call('createToken', { body: { email, password } }), 'no_active_account')
    assert.equal(hashed, 0)
    assert.equal(await storedHash(id), stored)
  })

  it('computes no new hash for a wrong password', async () => {
    const { id, email } = await addOutdated()
    const stored = await storedHash(id)
    const body = { email, password: 'a wrong password' }
    assertUnauthorized(await service.call('createToken', { body }), 'no_active_account')
    assert.equal(hashed, 0)
    assert.equal(await storedHash(id), stored)
  })

  it('replaces the outdated hash after the sign-in', async () => {
    const { id, email } = await addOutdated()
    const stored = await storedHash(id)
    for (let time = 0; time < 2; time++)
      assert.equal((await service.call('createToken', { body: { email, password } })).status, 200)
    assert.equal(hashed, 1)
    assert.notEqual(await storedHash(id), stored)
  })
})
