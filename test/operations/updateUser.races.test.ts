import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { assertProblem } from '../support/answers.ts'
import { rounds } from '../support/rounds.ts'
import { password, TestService, type Answer } from '../support/service.ts'
import { addUser, insertCode, type Person } from '../support/users.ts'
import { getMe, refreshPair } from './support/requests.ts'

describe('updateUser, concurrent with other changes', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start({ RATE_LIMITS: 'off' })
  })
  after(() => service.stop())

  const update = (actor: Person, user: Person, body: object) =>
    service.call('updateUser', { path: { user_id: user.id }, body, token: actor.access })
  const activeSuperusers = async () => {
    const rows = await service.sql<{ id: string }>('select id from users where is_superuser and is_active')
    return rows.map(({ id }) => id)
  }

  describe('the last superuser in updateUser (security 77)', () => {
    for (const [title, change] of [
      ['demote', { is_superuser: false }],
      ['suspend', { is_active: false }],
    ] as const) {
      it(`remains if two superusers ${title} each other at once, in ${rounds} rounds`, async () => {
        for (let round = 0; round < rounds; round++) {
          await service.sql('update users set is_superuser = false')
          const [one, other] = [
            await addUser(service, { superuser: true }),
            await addUser(service, { superuser: true }),
          ]
          const answers = await Promise.all([update(one, other, change), update(other, one, change)])
          const [loser, ...more] = answers.filter(({ status }) => status !== 200)
          assert.ok(
            loser && more.length === 0,
            JSON.stringify(answers.map(({ status, body }) => [status, body['code']])),
          )
          // The other request is refused, because its superuser has lost the role or would remove the last superuser.
          assert.match(String(loser.body['code']), /^(last_superuser|permission_denied|user_inactive|token_not_valid)$/)
          assert.equal((await activeSuperusers()).length, 1)
        }
      })
    }

    it('remains if five superusers demote each other at the same time', async () => {
      await service.sql('update users set is_superuser = false')
      const people = await Promise.all(Array.from({ length: 5 }, () => addUser(service, { superuser: true })))
      const answers = await Promise.all(
        people.flatMap((actor) => people.map((user) => update(actor, user, { is_superuser: false }))),
      )
      assert.ok(answers.every(({ status }) => [200, 403, 409].includes(status)))
      assert.equal((await activeSuperusers()).length, 1)
    })
  })

  it('applies simultaneous changes of different members without losing any', async () => {
    const [superuser, user] = [await addUser(service, { superuser: true }), await addUser(service)]
    for (let round = 0; round < 10; round++) {
      const [first, last] = [`First${round}`, `Last${round}`]
      await Promise.all([
        update(superuser, user, { first_name: first }),
        update(superuser, user, { last_name: last }),
        update(superuser, user, { language: round % 2 ? 'ru' : 'en' }),
      ])
      const [row] = await service.sql('select first_name, last_name, search_text from users where id = $1', [user.id])
      const search_text = `${user.email} ${first} ${last}`.toLowerCase()
      assert.deepEqual(row, { first_name: first, last_name: last, search_text })
    }
  })

  describe('a suspension during other requests (security 40)', () => {
    it('leaves no active session and no code if a recovery is simultaneous', async () => {
      const superuser = await addUser(service, { superuser: true })
      for (let round = 0; round < 5; round++) {
        const user = await addUser(service)
        const code = await insertCode(service, user.id, 'restore')
        const restored = service.call('restorePassword', { body: { code, password, password_confirm: password } })
        await sleep(round * 20)
        assert.equal((await update(superuser, user, { is_active: false })).status, 200)
        const answer = await restored
        if (answer.status !== 200) assertProblem(answer, 400, 'code_invalid')
        const live = `select 1 from sessions where user_id = $1 and ended_at is null
        union all select 1 from codes where user_id = $1 and used_at is null`
        assert.deepEqual(await service.sql(live, [user.id]), [])
      }
    })

    it('makes every later request fail, despite many simultaneous sign-ins', async function () {
      this.timeout(60_000)
      const passwordHash = await service.service.services.passwords.hash(password)
      const superuser = await addUser(service, { superuser: true })
      for (let round = 0; round < 2; round++) {
        const user = await addUser(service, { passwordHash })
        let refresh = user.refresh
        let access = user.access
        const requests: Record<string, () => Promise<Answer>> = {
          createToken: () => service.call('createToken', { body: { email: user.email, password } }),
          refreshToken: () => refreshPair(service, refresh),
          getMe: () => getMe(service, access),
        }
        const seen: { name: string; began: number; status: number }[] = []
        let running = true
        const storm = Object.entries(requests).flatMap(([name, ask]) =>
          Array.from({ length: 3 }, async () => {
            while (running) {
              const began = performance.now()
              const { status, body } = await ask()
              await sleep(20)
              seen.push({ name, began, status })
              // Later requests use these tokens, so that those after the suspension use tokens from before it.
              if (status === 200 && name !== 'getMe')
                [access, refresh] = [String(body['access']), String(body['refresh'])]
            }
          }),
        )
        const untilAll = async (holds: (one: (typeof seen)[number]) => boolean, many: number) => {
          while (
            !Object.keys(requests).every((name) => seen.filter((one) => one.name === name && holds(one)).length >= many)
          )
            await sleep(5)
        }
        await untilAll(({ status }) => status === 200, 1)
        assert.equal((await update(superuser, user, { is_active: false })).status, 200)
        const committed = performance.now()
        await untilAll(({ began }) => began > committed, 3)
        running = false
        await Promise.all(storm)
        assert.deepEqual(
          seen.filter(({ began, status }) => began > committed && status < 400),
          [],
        )
        const live = await service.sql('select id from sessions where user_id = $1 and ended_at is null', [user.id])
        assert.deepEqual(live, [])
      }
    })
  })
})
