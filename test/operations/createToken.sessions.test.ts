import assert from 'node:assert/strict'
import { assertUnauthorized } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { addSession, addUser, quickHash, type Person } from '../support/users.ts'
import { getMe, refreshPair } from './support/requests.ts'
import { fillSessions, rowsNotMarked } from './support/sessions.ts'

describe('createToken with MAX_SESSIONS=3 (security 92)', () => {
  let service: TestService
  let user: Person

  before(async () => {
    service = await TestService.start({ MAX_SESSIONS: '3' })
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service, { passwordHash: await quickHash })
  })

  const signIn = () => service.signIn(user.email)
  const countOf = async ({ access }: { access: string }) =>
    (await service.call('listSessions', { token: access })).body['count']
  const endsOf = () =>
    service.sql('select ended_by, count(*)::integer from sessions where user_id = $1 group by 1 order by 1', [user.id])

  it('ends only the oldest active session', async () => {
    const [second, third, fourth] = [await signIn(), await signIn(), await signIn()]
    assertUnauthorized(await getMe(service, user.access), 'token_not_valid')
    assertUnauthorized(await refreshPair(service, user.refresh), 'token_not_valid')
    for (const { access } of [second, third, fourth]) assert.equal((await getMe(service, access)).status, 200)
    assert.deepEqual(await endsOf(), [
      { ended_by: 'session_limit', count: 1 },
      { ended_by: null, count: 3 },
    ])
  })

  it('does not count ended or expired sessions', async () => {
    for (const change of [
      `ended_at = now(), ended_by = 'signed_out'`,
      'idle_until = now()',
      'absolute_until = now()',
    ]) {
      const { sessionId } = await addSession(service, user.id)
      await service.sql(`update sessions set ${change} where id = $1`, [sessionId])
    }
    await signIn()
    await signIn()
    assert.equal((await getMe(service, user.access)).status, 200)
  })

  it('leaves three active sessions after ten simultaneous sign-ins', async () => {
    const pairs = await Promise.all(Array.from({ length: 10 }, signIn))
    const statuses = await Promise.all(pairs.map(async ({ access }) => (await getMe(service, access)).status))
    assert.equal(statuses.filter((status) => status === 200).length, 3)
    assertUnauthorized(await getMe(service, user.access), 'token_not_valid')
  })

  it('treats a session that revokeSessions has kept as if it were new', async () => {
    await addSession(service, user.id)
    const body = { keep_current: true }
    await service.call('revokeSessions', { token: user.access, body })
    await signIn()
    await signIn()
    assert.equal((await getMe(service, user.access)).status, 200)
    const { access } = await signIn()
    assertUnauthorized(await getMe(service, user.access), 'token_not_valid')
    assert.equal(await countOf({ access }), 3)
  })

  it('ends 20,000 sessions, but updates the rows of only 1,000 of them', async function () {
    this.timeout(30_000)
    const old = await fillSessions(service, user.id, 20_000)
    const latest = await signIn()
    assert.equal(await countOf(latest), 3)
    assert.equal(await rowsNotMarked(service, user.id), 20_001 + 1 - 1_000)
    assertUnauthorized(await getMe(service, old.access), 'token_not_valid')
    await signIn()
    assert.equal((await getMe(service, latest.access)).status, 200)
    assert.equal(await countOf(latest), 3)
  })
})
