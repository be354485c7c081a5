import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { Scrypt } from '../../src/domain/passwords/scrypt.ts'
import { assertProblem, assertUnauthorized } from '../support/answers.ts'
import { withFailingInserts } from '../support/failingInserts.ts'
import { beginTransaction, untilBlocked } from '../support/locks.ts'
import { eventsOf } from '../support/securityEvents.ts'
import { password, TestService } from '../support/service.ts'
import { addUser, quickHash, type Person } from '../support/users.ts'
import { signIn } from './support/requests.ts'

describe('createToken, in races and failures', () => {
  let service: TestService
  let user: Person
  let hash: Uint8Array

  before(async () => {
    // A twentieth of the usual work, so that a full queue is hashed faster.
    service = await TestService.start({}, { hashing: 'light' })
    hash = await service.service.services.passwords.hash(password)
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service, { passwordHash: hash })
  })

  /** Returns what a sign-in writes. */
  const traces = () =>
    service.sql(
      `select last_login, (select count(*) from login_logs where user_id = id) as logs, (select count(*) from sessions where user_id = users.id) as sessions
       from users where id = $1`,
      [user.id],
    )
  const store = (hash: Uint8Array) =>
    service.sql('update users set password_hash = $2 where id = $1', [user.id, Buffer.from(hash)])
  const storedHash = async () => {
    const [row] = await service.sql<{ password_hash: Buffer }>('select password_hash from users where id = $1', [
      user.id,
    ])
    return row?.password_hash ?? Buffer.alloc(0)
  }

  for (const [title, change] of [
    ['a suspension', 'update users set is_active = false where id = $1'],
    [
      'a change of password',
      `update users set password_hash = set_byte(password_hash, 90, get_byte(password_hash, 90) # 1) where id = $1`,
    ],
    ['a deletion', 'delete from users where id = $1'],
  ] as const) {
    it(`is refused if ${title} commits while the password is verified`, async () => {
      const before = await traces()
      const other = await beginTransaction(service.databaseUrl)
      try {
        await other.query(change, [user.id])
        const answer = signIn(service, user.email)
        await untilBlocked(service)
        await other.query('commit')
        assertUnauthorized(await answer, 'no_active_account')
        assert.deepEqual(
          (await eventsOf(service, user.id)).map(({ type }) => type),
          ['sign_in_failed'],
        )
      } finally {
        await other.end()
      }
      const after = await traces()
      if (title === 'a deletion') assert.deepEqual(after, [])
      else assert.deepEqual(after, before)
    })
  }

  describe('a failed transaction of createToken (security 78)', () => {
    it('stores no session, login log or event', async () => {
      const before = await traces()
      await withFailingInserts(service, 'sessions', async () => {
        assertProblem(await signIn(service, user.email), 500, 'internal')
        assert.deepEqual(await traces(), before)
      })
      assert.equal((await signIn(service, user.email)).status, 200)
    })
  })

  describe('the renewal of an outdated hash (security 9)', () => {
    describe('with the parameters of production', () => {
      let light: TestService
      before(async () => {
        light = service
        service = await TestService.start({}, { hashing: 'real' })
      })
      after(async () => {
        await service.stop()
        service = light
      })

      it('happens if the password is right and the stored parameters are weaker', async () => {
        const weak = await Scrypt.kdf(password, { logN: 13, r: 8, p: 5 })
        await store(weak)
        assertUnauthorized(await signIn(service, user.email, 'wrong password'), 'no_active_account')
        assert.deepEqual(await storedHash(), Buffer.from(weak))
        assert.equal((await signIn(service, user.email)).status, 200)
        const renewed = await storedHash()
        assert.equal(renewed.subarray(0, 6).toString(), 'scrypt')
        assert.deepEqual([renewed.readUInt8(7), renewed.readUInt32BE(8), renewed.readUInt32BE(12)], [14, 8, 5])
        assert.equal((await signIn(service, user.email)).status, 200)
        assert.deepEqual(await storedHash(), renewed)
      })
    })

    it('makes simultaneous sign-ins verify the password by the new hash, and succeed', async () => {
      const weak = await Scrypt.kdf(password, { logN: 10, r: 8, p: 5 })
      await store(weak)
      const holder = await beginTransaction(service.databaseUrl)
      try {
        await holder.query('select from users where id = $1 for update', [user.id])
        const answers = Array.from({ length: 4 }, () => signIn(service, user.email))
        await untilBlocked(service, 4) // All have verified the password and wait for the user's row.
        await holder.query('commit')
        for (const { status } of await Promise.all(answers)) assert.equal(status, 200)
      } finally {
        await holder.end()
      }
      assert.notDeepEqual(await storedHash(), Buffer.from(weak))
      assert.deepEqual(await eventsOf(service, user.id), [])
      assert.equal((await signIn(service, user.email)).status, 200)
    })

    it('makes a sign-in verify the password again once, but not twice', async () => {
      // The sign-in meets both changes only if PostgreSQL lets it continue before the second one, hence the rounds.
      for (let round = 0; ; round++) {
        const answer = await signInBetweenChanges()
        if (answer.status === 200 && round < 10) continue
        assertUnauthorized(answer, 'no_active_account')
        break
      }
      assert.equal((await signIn(service, user.email)).status, 200)
    })
  })

  const renewBy = async (client: pg.Client) => {
    const renewed = await service.service.services.passwords.hash(password)
    await client.query('update users set password_hash = $2 where id = $1', [user.id, Buffer.from(renewed)])
  }

  async function signInBetweenChanges() {
    const [first, second] = [await beginTransaction(service.databaseUrl), await beginTransaction(service.databaseUrl)]
    try {
      await renewBy(first)
      const answer = signIn(service, user.email)
      await untilBlocked(service)
      const renewed = renewBy(second)
      await untilBlocked(service, 2)
      await first.query('commit')
      await renewed
      await untilBlocked(service) // The sign-in has verified the first change's hash, and waits for the second.
      await second.query('commit')
      return await answer
    } finally {
      await first.end()
      await second.end()
    }
  }

  describe('a stored hash with excessive parameters (security 10)', () => {
    it('is refused at once like a wrong password', async () => {
      const costly = await storedHash()
      costly.writeUInt8(20, 7)
      createHash('sha256').update(costly.subarray(0, 48)).digest().copy(costly, 48, 0, 16)
      await store(costly)
      const before = await traces()
      const time = async () => {
        const began = performance.now()
        assertUnauthorized(await signIn(service, user.email), 'no_active_account')
        return performance.now() - began
      }
      const took = await time()
      // Hashing has the lowest priority: on a busy machine, every refusal takes longer.
      const usual = async () => store(Buffer.from('no hash')).then(time)
      assert.ok(took < 3000 || took < 5 * (await usual()))
      await store(Buffer.from('bcrypt$$2b$12$x'))
      assertUnauthorized(await signIn(service, user.email), 'no_active_account')
      assert.deepEqual(await traces(), before)
      await store(hash)
      assert.equal((await signIn(service, user.email)).status, 200)
    })
  })

  describe('500 simultaneous sign-ins (security 61)', () => {
    it('get 401 or 503 with Retry-After, and do not delay the liveness check', async function () {
      this.timeout(60_000) // Hashing has the lowest priority and waits for all other work of the machine.
      const costly = await addUser(service, { passwordHash: await Scrypt.kdf(password, { logN: 14, r: 8, p: 16 }) })
      const quick = await addUser(service, { passwordHash: await quickHash })
      const slow = Array.from({ length: 2 * availableParallelism() }, () =>
        signIn(service, costly.email, 'wrong password'),
      ) // These requests occupy every thread of the hashing process.
      await sleep(50)
      const body = { email: quick.email, password: 'wrong password' }
      const storm = [...slow, ...Array.from({ length: 500 - slow.length }, () => service.call('createToken', { body }))]
      const live: number[] = []
      for (let at = 0; at < 5; at++) {
        const began = performance.now()
        assert.equal((await service.call('getLiveness')).status, 200)
        live.push(performance.now() - began)
      }
      const answers = await Promise.all(storm)
      const refused = answers.filter(({ status }) => status === 503)
      for (const answer of refused) {
        assertProblem(answer, 503, 'unavailable')
        assert.ok(Number(answer.headers.get('retry-after')) >= 1)
      }
      assert.ok(refused.length > 0)
      assert.ok(answers.filter(({ status }) => status === 401).length >= 100)
      assert.ok(answers.every(({ status }) => status === 401 || status === 503))
      assert.ok(Number(live.sort((a, b) => a - b)[2]) < 500, `liveness took ${live.join(', ')} ms`)
      assert.equal((await service.call('createToken', { body: { ...body, password } })).status, 200)
    })
  })
})
