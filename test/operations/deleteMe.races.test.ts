import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { insertCode as storeCode } from '../../generated/queries.ts'
import { noUser, recordEvent } from '../../src/domain/events/securityEvents.ts'
import { mintCode } from '../../src/domain/mails/codes.ts'
import { beginTransaction, untilBlocked } from '../support/locks.ts'
import { rounds } from '../support/rounds.ts'
import { password, TestService, type Answer } from '../support/service.ts'
import { addUser, insertCode, insertRegistration, quickHash, type Person } from '../support/users.ts'
import { assertErased, fillEverything, tablesWith } from './support/everything.ts'
import { activate, forgot, refreshPair, resend, signIn } from './support/requests.ts'

/** The client whose address and device no row may keep. */
const client = { ipAddress: '198.51.100.9', userAgent: 'the device of the user' }
/** Another device, because a sign-in after the erasure is an event of an unknown user, which keeps its device. */
const stormHeaders = { 'User-Agent': 'the device of a storm' }

describe('deleteMe, concurrent with other requests', function () {
  this.timeout(240_000) // of 20 rounds on PostgreSQL 15
  let service: TestService
  let hash: Uint8Array
  let cheapHash: Uint8Array
  let superuser: Person

  before(async () => {
    service = await TestService.start({}, { hashing: 'slow' })
    hash = await service.service.services.passwords.hash(password)
    superuser = await addUser(service, { superuser: true })
    cheapHash = await quickHash
  })
  after(() => service.stop())

  const deleteMe = ({ access }: Person) =>
    service.call('deleteMe', { token: access, body: { current_password: password } })
  const attempt = ({ email }: Person, word = password) => signIn(service, email, word, stormHeaders)

  const rotate = ({ refresh }: Person) => refreshPair(service, refresh, stormHeaders)
  const rename = ({ access: token }: Person) => service.call('updateMe', { token, body: { first_name: 'Race' } })
  const exportMe = ({ access: token }: Person) =>
    service.call('exportMe', { token, body: { current_password: password }, headers: stormHeaders })
  const requestRecovery = ({ email }: Person) => forgot(service, email)
  const deleteUser = async ({ id: user_id }: Person) => {
    await sleep(150 * Math.random())
    return service.call('deleteUser', { token: superuser.access, path: { user_id } })
  }
  const resendLink = ({ email }: Person) => resend(service, email)

  const changeEmail = ({ access: token, email }: Person) =>
    service.call('changeEmail', {
      token,
      body: { current_password: password, email: `new-${email}` },
      headers: stormHeaders,
    })
  const changePassword = ({ access: token }: Person) =>
    service.call('changePassword', {
      token,
      body: { current_password: password, password, password_confirm: password },
      headers: stormHeaders,
    })
  const revoke = ({ access: token }: Person) =>
    service.call('revokeSessions', { token, body: { keep_current: true }, headers: stormHeaders })

  type Act = (user: Person) => Promise<Answer>
  /**
   * Requests that are repeated until the user is erased. The user who signs in has a current hash: a sign-in renews
   * an outdated one, and the deletion fails if the hash changes while it verifies the password.
   */
  const storms: [title: string, acts: Act[], hash: () => Uint8Array, erase?: Act][] = [
    ['refreshes', [rotate, rotate], () => cheapHash],
    ['sign-ins', [(user) => attempt(user), (user) => attempt(user, 'not the password')], () => hash, deleteUser],
    ['mails', [requestRecovery, requestRecovery, resendLink], () => cheapHash],
    ['other requests of the user', [rename, exportMe, rotate], () => cheapHash],
    ['changes of address, password and sessions', [changeEmail, changePassword, revoke], () => cheapHash, deleteUser],
    ['other deletions', [deleteMe, deleteMe], () => cheapHash],
  ]

  describe('the database after deleteMe (security 40)', () => {
    // Removes the events of sign-ins after the erasure, which are events of an unknown user and keep the device.
    after(() => service.sql('delete from security_events where user_id = $1', [noUser]))

    for (const [title, acts, hashOf, erase = deleteMe] of storms) {
      it(`contains nothing of the user despite simultaneous ${title}, in ${rounds} rounds`, async () => {
        const statuses = new Set<number>()
        for (let round = 0; round < rounds; round++) {
          const user = await addUser(service, { passwordHash: hashOf() })
          let isErased = false
          const storm = acts.map(async (act) => {
            do statuses.add((await act(user)).status)
            while (!isErased)
          })
          await sleep((20 * round) / rounds)
          const { status, body } = await erase(user).finally(() => (isErased = true))
          assert.ok(status === 204 || (status === 401 && title === 'other deletions'), JSON.stringify(body))
          await Promise.all(storm)
          await service.countMails()
          await assertErased(service, { id: user.id, addresses: [user.email] })
        }
        // The current password is wrong if a concurrent request changes it during the verification.
        const allowed = [200, 204, 401, ...(acts.includes(changePassword) ? [400] : [])]
        for (const status of statuses) assert.ok(allowed.includes(status), `${status}`)
      })
    }
  })

  it(`runs completely before or completely after a recovery, in ${rounds} rounds`, async () => {
    for (let round = 0; round < rounds; round++) {
      const user = await addUser(service, { passwordHash: cheapHash })
      const code = await insertCode(service, user.id, 'restore')
      const body = { code, password, password_confirm: password }
      // The recovery has another device, which remains with the user if the recovery comes first.
      const restoring = service.call('restorePassword', { body, headers: { 'User-Agent': 'the device of a recovery' } })
      const [restored, deleted] = await Promise.all([
        restoring,
        sleep((100 * round) / rounds).then(() => deleteMe(user)),
      ])
      assert.ok([200, 400].includes(restored.status), JSON.stringify(restored.body))
      // The deletion is refused if the recovery has ended its session or changed the password.
      assert.ok([204, 400, 401].includes(deleted.status), JSON.stringify(deleted.body))
      assert.equal(restored.status === 400, deleted.status === 204)
      await service.countMails()
      if (deleted.status === 204) await assertErased(service, { id: user.id, addresses: [user.email] })
    }
  })

  describe('a registration of the deleted user’s email address (security 31)', () => {
    it(`becomes a new user or is deleted if activated at the same time, in ${rounds} rounds`, async () => {
      for (let round = 0; round < rounds; round++) {
        const user = await addUser(service, { passwordHash: cheapHash })
        const { id, code } = await insertRegistration(service, user.email)
        const activations = Array.from({ length: 3 }, () => activate(service, code))
        const [{ status }, ...activated] = await Promise.all([deleteMe(user), ...activations])
        assert.equal(status, 204)
        for (const answer of activated) assert.ok([200, 400].includes(answer.status), JSON.stringify(answer.body))
        await assertErased(service, { id: user.id })
        const [owner] = await service.sql<{ user_id: string }>('select user_id from emails where address = $1', [
          user.email,
        ])
        if (owner) assert.equal(owner.user_id, id)
        else assert.deepEqual(await tablesWith(service, id, user.email), [])
      }
    })
  })

  describe('an erasure whose transaction has not committed yet', () => {
    let user: Person
    let erasure: Promise<Answer>
    let blocker: pg.Client

    beforeEach(async () => {
      user = await addUser(service, { passwordHash: cheapHash })
      await fillEverything(service, user)
      blocker = await beginTransaction(service.databaseUrl)
      // Blocks the erasure after it has deleted the user and the codes, but before it commits.
      await blocker.query('lock table devices in exclusive mode')
      erasure = deleteMe(user)
      await untilBlocked(service)
    })
    afterEach(() => blocker.end())

    async function finish(): Promise<void> {
      await blocker.query('commit')
      assert.equal((await erasure).status, 204)
      await assertErased(service, {
        id: user.id,
        addresses: [user.email],
        device: client.userAgent,
        network: '198.51.100.',
      })
    }

    it('does not block a new event, and later removes its IP address and device', async () => {
      await recordEvent(service.service.services.db, 'sign_in_failed', { userId: user.id, client })
      await recordEvent(service.service.services.db, 'user_updated', { userId: uuidv7(), actorId: user.id, client })
      await finish()
    })

    it('makes a sign-in wait, which is then refused', async () => {
      const answer = signIn(service, user.email, password, { 'User-Agent': client.userAgent })
      await untilBlocked(service, 2)
      await finish()
      assert.equal((await answer).status, 401)
    })

    it('makes a refresh wait, which is then refused', async () => {
      const answer = refreshPair(service, user.refresh)
      await untilBlocked(service, 2)
      await finish()
      assert.equal((await answer).status, 401)
    })

    it('makes a requested mail wait, which is then dropped without its email address', async () => {
      const { body } = await forgot(service, user.email)
      assert.ok(body['detail'])
      await untilBlocked(service, 2)
      await blocker.query('commit')
      assert.equal((await erasure).status, 204)
      await assertErased(service, { id: user.id, addresses: [user.email] })
      const last = await service.sql('select status, address, user_id from mails order by created_at desc limit 1')
      assert.deepEqual(last, [{ status: 'dropped', address: '', user_id: null }])
    })

    it('makes the creation of a code wait, which then creates none', async () => {
      const { db } = service.service.services
      const minted = db.transaction((transaction) => mintCode(transaction, 'restore', user.id, uuidv7()))
      await untilBlocked(service, 2)
      await finish()
      assert.equal(await minted, undefined)
    })
  })

  it('removes the IP address and device even from an event that commits later', async () => {
    const user = await addUser(service, { passwordHash: cheapHash })
    const { db } = service.service.services
    let erasure: Promise<Answer> | undefined
    await db.transaction(async (transaction) => {
      await recordEvent(transaction, 'sign_in_failed', { userId: user.id, client })
      await recordEvent(transaction, 'user_updated', { userId: uuidv7(), actorId: user.id, client })
      erasure = deleteMe(user)
      await untilBlocked(service)
    })
    assert.equal((await erasure)?.status, 204)
    await assertErased(service, { id: user.id, addresses: [user.email], device: client.userAgent })
  })

  it('prevents later events and codes of the erased user', async () => {
    const user = await addUser(service, { passwordHash: cheapHash })
    assert.equal((await deleteMe(user)).status, 204)
    const { db } = service.service.services
    await recordEvent(db, 'sign_in_failed', { userId: user.id, client })
    const code = { userId: user.id, purpose: 'restore', mailId: uuidv7(), about: null, lifetime: 60 }
    assert.equal(await db.maybeOne(storeCode({ ...code, hash: new Uint8Array(32) })), null)
    await assertErased(service, { id: user.id, addresses: [user.email], device: client.userAgent })
  })

  describe('PostgreSQL after these tests', () => {
    it('reports no deadlock', async () => {
      await sleep(1500) // PostgreSQL counts deadlocks with a delay.
      const counted = 'select deadlocks::integer from pg_stat_database where datname = current_database()'
      assert.deepEqual(await service.sql(counted), [{ deadlocks: 0 }])
    })
  })
})
