import assert from 'node:assert/strict'
import { assertProblem } from '../support/answers.ts'
import { hold, untilBlocked } from '../support/locks.ts'
import { TestService, type OperationId } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'

describe('the list requests of one user (security 95)', function () {
  this.timeout(60_000)
  let service: TestService
  let superuser: Person

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())

  const lists: OperationId[] = ['listLoginLogs', 'listSecurityEvents', 'listSessions', 'listUsers']
  const list = (operationId: OperationId) => service.call(operationId, { token: superuser.access })

  /** Blocks all readers of the log. */
  const lockLog = () => hold(service.databaseUrl, 'lock table login_logs in access exclusive mode')

  for (const operationId of lists) {
    it(`run at most two at a time (${operationId})`, async () => {
      const services = service.service.services
      const run = services.lists.run.bind(services.lists)
      let [running, most] = [0, 0]
      services.lists.run = (userId, work) =>
        run(userId, async (db) => {
          most = Math.max(most, ++running)
          try {
            return await work(db)
          } finally {
            running--
          }
        })
      try {
        const answers = await Promise.all(Array.from({ length: 8 }, () => list(operationId)))
        assert.ok(answers.every(({ status }) => status === 200))
        assert.equal(most, 2)
      } finally {
        services.lists.run = run
      }
    })
  }

  it('get 503 if ten of them already run or wait, unlike other requests of the user', async () => {
    const unlock = await lockLog()
    const { services } = service.service
    const run = services.lists.run.bind(services.lists)
    const arrived = Promise.withResolvers<undefined>()
    let calls = 0
    services.lists.run = (userId, work) => {
      if (++calls === 10) arrived.resolve(undefined)
      return run(userId, work)
    }
    try {
      const held = Array.from({ length: 10 }, () => list('listLoginLogs'))
      await arrived.promise
      await untilBlocked(service, 4) // two requests run, with two statements each
      const refused = await list('listSessions')
      assertProblem(refused, 503, 'unavailable')
      assert.ok(Number(refused.headers.get('retry-after')) >= 1)
      for (let time = 0; time < 20; time++)
        assert.equal((await service.call('getMe', { token: superuser.access })).status, 200)
      for (const answer of await Promise.all(held)) assertProblem(answer, 503, 'unavailable')
    } finally {
      services.lists.run = run
      await unlock()
    }
    for (const operationId of lists) assert.equal((await list(operationId)).status, 200)
  })

  it('get 503 if a statement takes longer than two seconds', async () => {
    const unlock = await lockLog()
    try {
      const began = performance.now()
      assertProblem(await list('listLoginLogs'), 503, 'unavailable')
      const took = performance.now() - began
      assert.ok(took > 1900 && took < 8000, `${took} ms`) // other statements may take 10 s
    } finally {
      await unlock()
    }
  })

  it('do not wait for list requests of other users', async () => {
    const other = await addUser(service)
    const { lists } = service.service.services
    const held = Promise.withResolvers<undefined>()
    const running = [1, 2].map(() => lists.run(superuser.id, () => held.promise))
    const waiting = list('listSessions')
    assert.equal((await service.call('listSessions', { token: other.access })).status, 200)
    held.resolve(undefined)
    await Promise.all(running)
    assert.equal((await waiting).status, 200)
  })
})
