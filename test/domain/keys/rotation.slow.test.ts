import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify, type JWTVerifyGetKey } from 'jose'
import { createDatabase, type DatabaseHandle } from '../../../src/db/database.ts'
import { rotateKeys } from '../../../src/domain/keys/rotation.ts'
import { deriveSecrets } from '../../../src/domain/keys/secrets.ts'
import { TestService } from '../../support/service.ts'
import { addUser } from '../../support/users.ts'

const secretKey = 'a secret key for this test, long enough'
const secrets = deriveSecrets(secretKey)

// Seconds here stand for the minutes of a real rotation. Products cache the JWKS for 1 s, an instance reads its keys
// every 0.5 s, and the test uses a token for at most 2 s. The rest of the schedule allows for a busy machine.
const reloadKeys = 0.5
const jwksMaxAge = 1
const schedule = { publishFor: 3, overlap: 4 }
const settings = { SECRET_KEY: secretKey, REFRESH_GRACE: '1d' }

describe('rotation of the signing keys (security 51)', function () {
  this.timeout(60_000)
  let one: TestService
  let other: TestService
  let db: DatabaseHandle
  before(async () => {
    one = await TestService.start(settings, { reloadKeys })
    other = await TestService.start({ ...settings, DATABASE_URL: one.databaseUrl }, { reloadKeys })
    db = createDatabase({ preparedStatements: true, onError: () => undefined })
    await db.open(one.databaseUrl)
  })
  after(async () => {
    await db.close()
    await other.stop()
    await one.stop()
  })

  const kidOf = (token: string) => String(decodeProtectedHeader(token).kid)
  const publishedBy = async (service: TestService) => {
    const { body } = await service.call('getJwks')
    return (body['keys'] as { kid: string }[]).map(({ kid }) => kid)
  }
  /** Returns the keys of a product that fetches the JWKS only when the cached copy has expired. */
  const product = (service: TestService) =>
    createRemoteJWKSet(new URL('/.well-known/jwks.json', service.url), {
      cacheMaxAge: jwksMaxAge * 1000,
      cooldownDuration: 3_600_000,
    })

  /** Refreshes repeatedly at one instance. The others and the products verify each token at once and 1.3 s later. */
  async function walk(signer: TestService, verifiers: TestService[], products: JWTVerifyGetKey[], work: Work) {
    const verify = async (token: string, when: string) => {
      const fail = (reason: string) => {
        work.failures.push(`${when}: ${reason}`)
      }
      for (const verifier of verifiers) {
        const { status } = await verifier.call('getMe', { token })
        if (status !== 200) fail(`${status} by instance ${services().indexOf(verifier)}`)
      }
      for (const keys of products)
        await jwtVerify(token, keys).catch((error: unknown) => {
          fail(String(error))
        })
      work.verified++
    }
    const later: Promise<void>[] = []
    let pair: Pair = await addUser(one)
    while (!work.isDone) {
      pair = await renew(signer, pair)
      const token = pair.access
      work.signed.add(`${services().indexOf(signer)} ${kidOf(token)}`)
      await verify(token, 'immediately')
      later.push(sleep(1300).then(() => verify(token, 'later')))
      await sleep(20)
    }
    await Promise.all(later)
  }
  const renew = async (service: TestService, { refresh }: Pair) => {
    const { status, body } = await service.call('refreshToken', { body: { refresh } })
    assert.equal(status, 200, JSON.stringify(body))
    return body as Pair
  }
  type Pair = { access: string; refresh: string }
  type Work = { isDone: boolean; verified: number; failures: string[]; signed: Set<string> }
  const services = () => [one, other]

  it('causes no failed verification by instances or by products that cache the JWKS', async () => {
    const [old = ''] = await publishedBy(one)
    const work: Work = { isDone: false, verified: 0, failures: [], signed: new Set() }
    const products = services().map(product)
    const walks = services().map((signer) => walk(signer, services(), products, work))
    await sleep(500)
    const { kid } = await rotateKeys(db, secrets, schedule)
    for (const service of services()) while ((await publishedBy(service)).includes(old)) await sleep(100)
    await sleep(500)
    work.isDone = true
    await Promise.all(walks)
    assert.deepEqual([...new Set(work.failures)], [])
    assert.deepEqual(work.signed, new Set([`0 ${old}`, `1 ${old}`, `0 ${kid}`, `1 ${kid}`]))
    assert.ok(work.verified > 100, String(work.verified))
    assert.deepEqual([await publishedBy(one), await publishedBy(other)], [[kid], [kid]])
  })

  it('makes other instances load a new key when they see a token that it signed', async () => {
    const stale = await TestService.start({ ...settings, DATABASE_URL: one.databaseUrl })
    const { kid } = await rotateKeys(db, secrets, { ...schedule, publishFor: 0 })
    const fresh = await TestService.start({ ...settings, DATABASE_URL: one.databaseUrl })
    try {
      const pair = await renew(fresh, await addUser(one))
      const token = pair.access
      assert.equal(kidOf(token), kid)
      assert.ok(!(await publishedBy(stale)).includes(kid))
      const answers = await Promise.all(Array.from({ length: 20 }, () => stale.call('getMe', { token })))
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
      assert.equal(kidOf((await renew(stale, pair)).access), kid)
    } finally {
      await fresh.stop()
      await stale.stop()
    }
  })
})
