import assert from 'node:assert/strict'
import { rotateKeys } from '../../src/domain/keys/rotation.ts'
import { deriveSecrets } from '../../src/domain/keys/secrets.ts'
import { TestService } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'
import { describeCredentials, describeSuperusersOnly } from './support/describeCredentials.ts'

type Key = { kid: string; state: string; created_at: string; signs_from: string; retires_at?: string }

const secretKey = 'the secret key of this test, which is long enough'

describe('listSigningKeys', () => {
  let service: TestService
  let superuser: Person

  before(async () => {
    service = await TestService.start({ SECRET_KEY: secretKey })
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())

  const list = async () => {
    const { status, body } = await service.call('listSigningKeys', { token: superuser.access })
    assert.equal(status, 200, JSON.stringify(body))
    return body['keys'] as Key[]
  }
  const rotate = () => {
    const { db } = service.service.services
    return rotateKeys(db, deriveSecrets(secretKey), { publishFor: 360, overlap: 600 })
  }

  describe('the signing keys (security 51, 52)', () => {
    it('have a state, and no private key', async () => {
      const [first, ...others] = await list()
      assert.ok(first && others.length === 0)
      assert.deepEqual(Object.keys(first).sort(), ['created_at', 'kid', 'signs_from', 'state'])
      assert.equal(first.state, 'current')
      const published = (await service.call('getJwks')).body['keys'] as { kid: string }[]
      assert.deepEqual(
        published.map(({ kid }) => kid),
        [first.kid],
      )

      const { kid, signsFrom } = await rotate()
      const [next, current] = await list()
      assert.deepEqual([next?.kid, next?.state, next?.signs_from], [kid, 'next', signsFrom])
      assert.deepEqual([current?.kid, current?.state], [first.kid, 'current'])
      assert.equal(Date.parse(current?.retires_at ?? ''), Date.parse(signsFrom) + 600_000)

      await service.sql(`update signing_keys set signs_from = now() - interval '1 second' where kid = $1`, [kid])
      assert.deepEqual(
        (await list()).map(({ state }) => state),
        ['current', 'former'],
      )
    })
  })

  describeCredentials('listSigningKeys', () => service, { superuser: true })
  describeSuperusersOnly('listSigningKeys', () => service)
})
