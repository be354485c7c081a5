import assert from 'node:assert/strict'
import { assertUnauthorized } from '../support/answers.ts'
import { holdRow, untilBlocked } from '../support/locks.ts'
import { rounds } from '../support/rounds.ts'
import { TestService } from '../support/service.ts'
import { addSession, addUser, quickHash, type Person } from '../support/users.ts'
import { getMe } from './support/requests.ts'
import { fillSessions } from './support/sessions.ts'

describe('the end of all sessions, concurrent with other requests (security 93)', function () {
  this.timeout(60_000)
  let service: TestService
  let user: Person

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service, { passwordHash: await quickHash })
  })

  const revoke = (keep_current = false, token = user.access) =>
    service.call('revokeSessions', { token, body: { keep_current } })

  it(`includes sessions of earlier sign-ins but not of later ones, in ${rounds} rounds`, async () => {
    for (let round = 0; round < rounds; round++) {
      const revoker = await addSession(service, user.id)
      const release = await holdRow(service, 'users', user.id)
      // PostgreSQL usually serves the request that waited first. The number of ended sessions shows which it served.
      const steps = [() => service.signIn(user.email), () => revoke(false, revoker.access)]
      if (round % 2 === 0) steps.reverse()
      const answers: Promise<unknown>[] = []
      for (const step of steps) {
        answers.push(step())
        await untilBlocked(service, answers.length)
      }
      await release()
      const settled = (await Promise.all(answers)) as [never, never]
      if (round % 2 === 0) settled.reverse()
      const [{ access }, { body }] = settled as [{ access: string }, Awaited<ReturnType<typeof revoke>>]
      const before = round === 0 ? 2 : 1
      const ended = Number(body['revoked']) - before
      assert.ok(ended === 0 || ended === 1, JSON.stringify(body))
      if (ended === 1) assertUnauthorized(await getMe(service, access), 'token_not_valid')
      else {
        assert.equal((await getMe(service, access)).status, 200)
        assert.deepEqual((await revoke(false, access)).body, { revoked: 1 })
      }
    }
  })

  it('keeps the current session until a request ends all sessions', async () => {
    for (let time = 0; time < 3; time++) {
      const other = await addSession(service, user.id)
      assert.deepEqual((await revoke(true)).body, { revoked: 1 })
      assertUnauthorized(await getMe(service, other.access), 'token_not_valid')
      assert.equal((await getMe(service, user.access)).status, 200)
    }
    const { access } = await addSession(service, user.id)
    assert.deepEqual((await revoke(true, access)).body, { revoked: 1 })
    assertUnauthorized(await getMe(service, user.access), 'token_not_valid')
    assert.deepEqual((await revoke(false, access)).body, { revoked: 1 })
    assertUnauthorized(await getMe(service, access), 'token_not_valid')
  })

  it('does not keep a current session that another request has ended', async () => {
    const superuser = await addUser(service, { superuser: true })
    // The session is the oldest of many, so that revokeUserSessions ends it without marking its row.
    await fillSessions(service, user.id, 1_500)
    await service.sql(`update sessions set created_at = now() - interval '1 day' where id = $1`, [user.sessionId])
    const release = await holdRow(service, 'users', user.id)
    const path = { user_id: user.id }
    const answers = [service.call('revokeUserSessions', { path, token: superuser.access })]
    await untilBlocked(service)
    answers.push(revoke(true))
    await untilBlocked(service, 2)
    await release()
    for (const { status } of await Promise.all(answers)) assert.equal(status, 200)
    assertUnauthorized(await getMe(service, user.access), 'token_not_valid')
  })

  it('includes earlier sessions but not later ones if the clock was set back', async () => {
    await service.sql(`update sessions set created_at = now() + interval '1 hour' where user_id = $1`, [user.id])
    const other = await addSession(service, user.id)
    await service.sql(`update sessions set created_at = now() + interval '2 hours' where id = $1`, [other.sessionId])
    assert.deepEqual((await revoke(true)).body, { revoked: 1 })
    assert.equal((await getMe(service, user.access)).status, 200)
    const later = await service.signIn(user.email)
    assert.equal((await getMe(service, later.access)).status, 200)
    // Removes the marks, so that the user's row alone decides which sessions have ended.
    await service.sql('update sessions set ended_at = null, ended_by = null where user_id = $1', [user.id])
    assertUnauthorized(await getMe(service, other.access), 'token_not_valid')
    assert.deepEqual((await revoke(false)).body, { revoked: 2 })
    await service.sql('update sessions set ended_at = null, ended_by = null where user_id = $1', [user.id])
    for (const { access } of [user, other, later]) assertUnauthorized(await getMe(service, access), 'token_not_valid')
    assert.equal((await getMe(service, (await service.signIn(user.email)).access)).status, 200)
  })
})
