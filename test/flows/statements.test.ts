import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { describeCurrentRequest } from '../../src/http/currentRequest.ts'
import { TestService, password, type Call, type OperationId } from '../support/service.ts'
import { addOwner, addSession, type Person } from '../support/users.ts'

const setUp = readFileSync('sql/connection.sql', 'utf8') // of a new connection

type MakeCall = (caller: Person, other: Person) => Call

/** How many statements one request runs, with those that begin and end a transaction, and a request that succeeds. */
const table: Partial<Record<OperationId, [count: number, call: MakeCall]>> = {
  getMe: [1, ({ access }) => ({ token: access })],
  updateMe: [5, ({ access }) => ({ token: access, body: { first_name: 'Ada' } })],
  changePassword: [
    19,
    ({ access }) => ({
      token: access,
      body: { current_password: password, password: `${password}!`, password_confirm: `${password}!` },
    }),
  ],
  changeEmail: [
    22,
    ({ access }) => ({ token: access, body: { email: 'new@example.com', current_password: password } }),
  ],
  exportMe: [30, ({ access }) => ({ token: access, body: { current_password: password } })],
  deleteMe: [32, ({ access }) => ({ token: access, body: { current_password: password } })],
  getUser: [2, ({ access }, { id }) => ({ token: access, path: { user_id: id } })],
  listUsers: [3, ({ access }) => ({ token: access })],
  createToken: [19, ({ email }) => ({ body: { email, password } })],
  refreshToken: [2, ({ refresh }) => ({ body: { refresh } })],
  verifyToken: [1, ({ access }) => ({ body: { token: access } })],
  revokeToken: [1, ({ refresh }) => ({ body: { refresh } })],
  listSessions: [3, ({ access }) => ({ token: access })],
  revokeSessions: [6, ({ access }) => ({ token: access, body: { keep_current: true } })],
  listLoginLogs: [3, ({ access }) => ({ token: access })],
  listSecurityEvents: [3, ({ access }) => ({ token: access })],
  getJwks: [0, () => ({})],
  getDiscovery: [0, () => ({})],
  getLiveness: [0, () => ({})],
  forgotPassword: [2, () => ({ body: { email: 'nobody@example.com' } })],
}

describe('the statements of a request', () => {
  const original = Reflect.get(pg.Client.prototype, 'query') as (...args: unknown[]) => unknown
  let service: TestService
  let names: string[] = []
  before(async () => {
    // Statements of jobs and of the start belong to no request.
    Object.assign(pg.Client.prototype, {
      query(this: pg.Client, statement: string | { name?: string; text: string }, ...others: unknown[]) {
        const { name, text } = typeof statement === 'string' ? { text: statement } : statement
        if (describeCurrentRequest() && text !== setUp) names.push(name ?? text)
        return original.call(this, statement, ...others)
      },
    })
    service = await TestService.start({ RATE_LIMITS: 'on' })
  })
  after(async () => {
    Object.assign(pg.Client.prototype, { query: original })
    await service.stop()
  })

  for (const [id, [count, makeCall]] of Object.entries(table) as [OperationId, [number, MakeCall]][])
    it(`are ${count}: ${id}`, async () => {
      const [caller, other] = [await addOwner(service, { superuser: true }), await addOwner(service)]
      await addSession(service, caller.id)
      names = []
      const { status, body } = await service.call(id, makeCall(caller, other))
      assert.ok(status < 300, JSON.stringify(body))
      assert.equal(names.length, count, names.join())
    })
})
