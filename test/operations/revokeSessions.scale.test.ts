import assert from 'node:assert/strict'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { countSessions, listSessions } from '../../generated/queries.ts'
import { assertUnauthorized } from '../support/answers.ts'
import { password, TestService } from '../support/service.ts'
import { addUser, insertCode, quickHash, type Person } from '../support/users.ts'
import { explain, latest, planModes } from './support/plans.ts'
import { getMe, refreshPair } from './support/requests.ts'
import { fillSessions, rowsNotMarked } from './support/sessions.ts'

const many = 20_000
const marked = 1_000
const newPassword = 'a new and better passphrase'

describe('ending 20,000 sessions of a user (security 93)', function () {
  this.timeout(60_000)
  let service: TestService
  let user: Person
  let superuser: Person
  let oldest: { access: string; refresh: string }

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service, { passwordHash: await quickHash })
    oldest = await fillSessions(service, user.id, many)
  })

  const body = { password: newPassword, password_confirm: newPassword }
  const path = () => ({ user_id: user.id })

  /** Inserts a change of address that can be undone. @returns its code */
  async function insertUndoCode(): Promise<string> {
    const [id, bytes] = [
      randomUUID(),
      Buffer.concat([Buffer.from(user.id.replaceAll('-', ''), 'hex'), randomBytes(20)]),
    ]
    await service.sql(
      `insert into email_changes (user_id, id, address, email, old_address, old_email, confirmed_at)
       values ($1, $2, 'new-' || $3, 'new-' || $3, $3, $3, now())`,
      [user.id, id, user.email],
    )
    await service.sql(
      `insert into codes (user_id, hash, purpose, mail_id, about, expires_at)
       values ($1, $2, 'undo_email', $3, $4, now() + interval '1 hour')`,
      [user.id, createHash('sha256').update(bytes).digest(), uuidv7(), id],
    )
    return bytes.toString('base64url')
  }

  for (const [title, keeps, end] of [
    [
      'revokeSessions',
      false,
      () => service.call('revokeSessions', { token: user.access, body: { keep_current: false } }),
    ],
    [
      'revokeSessions with keep_current',
      true,
      () => service.call('revokeSessions', { token: user.access, body: { keep_current: true } }),
    ],
    [
      'changePassword',
      true,
      () => service.call('changePassword', { token: user.access, body: { ...body, current_password: password } }),
    ],
    [
      'restorePassword',
      false,
      async () =>
        service.call('restorePassword', { body: { ...body, code: await insertCode(service, user.id, 'restore') } }),
    ],
    ['revokeUserSessions', false, () => service.call('revokeUserSessions', { path: path(), token: superuser.access })],
    [
      'updateUser, a suspension',
      false,
      async () => {
        const answer = await service.call('updateUser', {
          path: path(),
          token: superuser.access,
          body: { is_active: false },
        })
        await service.sql('update users set is_active = true where id = $1', [user.id])
        return answer
      },
    ],
    ['undoEmailChange', false, async () => service.call('undoEmailChange', { body: { code: await insertUndoCode() } })],
  ] as const) {
    it(`updates the row of the user and only ${marked} rows of sessions: ${title}`, async () => {
      const { status, body } = await end()
      assert.equal(status, 200, JSON.stringify(body))
      if ('revoked' in body) assert.equal(body['revoked'], 10_000)
      assert.equal(await rowsNotMarked(service, user.id), many + 1 - marked)
      for (const token of [oldest.access, oldest.refresh]) {
        const answer = await service.call('verifyToken', { body: { token } })
        assertUnauthorized(answer, 'token_not_valid')
      }
      assertUnauthorized(await getMe(service, oldest.access), 'token_not_valid')
      assertUnauthorized(await refreshPair(service, oldest.refresh), 'token_not_valid')
      if (keeps) {
        const { body: list } = await service.call('listSessions', { token: user.access })
        assert.deepEqual([list['count'], list['next']], [1, null])
        assert.equal((await refreshPair(service, user.refresh)).status, 200)
      } else assertUnauthorized(await getMe(service, user.access), 'token_not_valid')
    })
  }

  for (const mode of planModes) {
    it(`leaves no ended session for listSessions to read (${mode})`, async () => {
      const queries = [
        listSessions.descending({ userId: user.id, ...latest, limit: 21 }),
        countSessions({ userId: user.id }),
      ]
      await service.call('revokeSessions', { token: user.access, body: { keep_current: true } })
      for (const query of queries) {
        const scans = (await explain(service, mode, query)).filter((node) => node['Relation Name'] === 'sessions')
        const read = scans.map((node) => node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0))
        assert.deepEqual(read, [1])
      }
    })
  }

  it('takes effect in exportMe and revokeSession before all rows are updated', async () => {
    await service.call('revokeSessions', { token: user.access, body: { keep_current: true } })
    const [unmarked] = await service.sql<{ id: string }>(
      'select id from sessions where user_id = $1 and ended_at is null and id <> $2 limit 1',
      [user.id, user.sessionId],
    )
    const path = { session_id: String(unmarked?.id) }
    assert.equal((await service.call('revokeSession', { token: user.access, path })).status, 404)
    const exported = await service.call('exportMe', { token: user.access, body: { current_password: password } })
    const sessions = exported.body['sessions'] as { id: string; ended_at?: string; ended_by?: string }[]
    const live = sessions.filter(({ ended_at }) => ended_at === undefined)
    assert.deepEqual(
      live.map(({ id }) => id),
      [user.sessionId],
    )
    assert.deepEqual(new Set(sessions.map(({ ended_by }) => ended_by)), new Set([undefined, 'revoked']))
    assert.equal(sessions.length, many + 1)
  })
})
