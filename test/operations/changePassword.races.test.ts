import assert from 'node:assert/strict'
import { assertProblem, assertUnauthorized } from '../support/answers.ts'
import { beginTransaction, holdRow, untilBlocked } from '../support/locks.ts'
import { rounds } from '../support/rounds.ts'
import { eventTypesOf } from '../support/securityEvents.ts'
import { password, TestService, type Answer } from '../support/service.ts'
import { addSession, addUser, insertCode, quickHash, type Person } from '../support/users.ts'
import { refreshPair, signIn } from './support/requests.ts'

describe('changePassword, concurrent with other changes', () => {
  let service: TestService
  let hash: Uint8Array
  let user: Person

  before(async () => {
    service = await TestService.start()
    hash = await quickHash
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service, { passwordHash: hash })
  })

  const change = (current: string, chosen: string, token = user.access) => {
    const body = { current_password: current, password: chosen, password_confirm: chosen }
    return service.call('changePassword', { token, body })
  }
  const live = () =>
    service.sql<{ id: string }>('select id from sessions where user_id = $1 and ended_at is null', [user.id])

  it('succeeds for only one of several simultaneous requests', async () => {
    const words = Array.from({ length: 3 }, (_, index) => `the password of request ${index}`)
    const tokens = [user.access]
    while (tokens.length < words.length) tokens.push((await addSession(service, user.id)).access)
    const answers = await Promise.all(words.map((word, index) => change(password, word, tokens[index])))
    const winner = answers.findIndex(({ status }) => status === 200)
    for (const [index, answer] of answers.entries()) {
      // The successful request ends the sessions of the others, which get 401 if they arrive later.
      if (index !== winner && answer.status !== 401) assertProblem(answer, 400, 'current_password_incorrect')
    }
    assert.equal((await signIn(service, user.email, String(words[winner]))).status, 200)
    for (const [index, word] of words.entries())
      if (index !== winner) assertUnauthorized(await signIn(service, user.email, word), 'no_active_account')
    const events = await eventTypesOf(service, user.id)
    assert.equal(events.filter((type) => type === 'password_changed').length, 1)
  })

  for (const [title, statement] of [
    ['a recovery', `update users set password_hash = '\\x00' where id = $1`],
    ['a suspension', 'update users set is_active = false where id = $1'],
    ['a deletion', 'delete from users where id = $1'],
  ] as const) {
    it(`is refused if ${title} commits while the current password is verified`, async () => {
      await insertCode(service, user.id, 'restore')
      const other = await beginTransaction(service.databaseUrl)
      try {
        await other.query(statement, [user.id])
        const answer = change(password, 'another password')
        await untilBlocked(service)
        await other.query('commit')
        assertProblem(await answer, 400, 'current_password_incorrect')
      } finally {
        await other.end()
      }
      assert.deepEqual(await eventTypesOf(service, user.id), [])
      assert.equal((await service.sql('select from codes where user_id = $1', [user.id])).length, 1)
    })
  }

  describe('the sessions that changePassword ends (security 39)', () => {
    it(`include those that are refreshed at the same time, in ${rounds} rounds`, async () => {
      for (let round = 0; round < rounds; round++) {
        await service.sql('update users set password_hash = $2 where id = $1', [user.id, Buffer.from(hash)])
        const other = await addSession(service, user.id)
        const release = await holdRow(service, 'sessions', other.sessionId)
        const refreshes: Promise<Answer>[] = []
        const refreshFiveTimes = () => {
          while (refreshes.length < 5) refreshes.push(refreshPair(service, other.refresh))
        }
        if (round % 2 === 0) refreshFiveTimes()
        await untilBlocked(service, refreshes.length)
        const changed = change(password, `the password of round ${round}`)
        await untilBlocked(service, refreshes.length + 1)
        refreshFiveTimes()
        await untilBlocked(service, 6)
        await release()
        const refreshed = await Promise.all(refreshes)
        assert.equal((await changed).status, 200)
        for (const { status, body } of refreshed)
          if (status === 200) assertUnauthorized(await refreshPair(service, body['refresh']), 'token_not_valid')
        assertUnauthorized(await refreshPair(service, other.refresh), 'token_not_valid')
        assert.deepEqual(await live(), [{ id: user.sessionId }])
      }
    }).timeout(60_000)

    for (const [title, statuses] of [
      ['include that of a sign-in with the former password just before', [200, 200]],
      ['exclude a later sign-in with the former password, which is refused', [401, 200]],
    ] as const) {
      it(title, async () => {
        const strong = Buffer.from(await service.service.services.passwords.hash(password))
        await service.sql('update users set password_hash = $2 where id = $1', [user.id, strong])
        const steps = [() => signIn(service, user.email, password), () => change(password, 'another password')]
        const release = await holdRow(service, 'users', user.id)
        const answers: Promise<Answer>[] = []
        for (const [index, step] of (statuses[0] === 200 ? steps : steps.toReversed()).entries()) {
          answers.push(step())
          await untilBlocked(service, index + 1)
        }
        await release()
        const [signedIn, changed] = await Promise.all(statuses[0] === 200 ? answers : answers.toReversed())
        assert.deepEqual([signedIn?.status, changed?.status], statuses)
        assert.deepEqual(await live(), [{ id: user.sessionId }])
      })
    }
  })

  it('sets one of the two passwords if a recovery happens at the same time', async () => {
    for (let round = 0; round < 3; round++) {
      user = await addUser(service, { passwordHash: hash })
      const code = await insertCode(service, user.id, 'restore')
      const body = { code, password: 'the recovered one', password_confirm: 'the recovered one' }
      const [changed, restored] = await Promise.all([
        change(password, 'the changed one'),
        service.call('restorePassword', { body }),
      ])
      if (restored.status === 200) assert.ok([200, 400, 401].includes(changed.status), JSON.stringify(changed.body))
      else assertProblem(restored, 400, 'code_invalid')
      const good = restored.status === 200 ? 'the recovered one' : 'the changed one'
      assert.equal((await signIn(service, user.email, good)).status, 200)
    }
  })
})
