import assert from 'node:assert/strict'
import { createInterface } from 'node:readline/promises'
import {
  AuthApi,
  Configuration,
  LogsApi,
  ProblemFromJSON,
  ResponseError,
  TimestampOrdering,
  UsersApi,
} from './gatehouse/index.js'

const { BASE: basePath = 'http://localhost:8000', EMAIL: email = 'test@example.com' } = process.env
const password = 'correct horse battery staple'
let access = ''
const configuration = new Configuration({ basePath, accessToken: () => access })
const users = new UsersApi(configuration)
const auth = new AuthApi(configuration)

await users.registerUser({ registrationRequest: { email, password, passwordConfirm: password } })
const terminal = createInterface({ input: process.stdin, output: process.stdout })
const code = await terminal.question(`WAITING ${email}\n`)
terminal.close()
await users.confirmActivation({ activationRequest: { code } })
console.log('activated')

const tokens = await auth.createToken({ credentials: { email, password } })
console.log('signed in')
const renewed = await auth.refreshToken({ refreshRequest: { refresh: tokens.refresh } })
assert.notEqual(renewed.refresh, tokens.refresh)
console.log('refreshed')

access = renewed.access
const me = await users.getMe()
console.log('me', me.email, me.language)
const query = { ordering: TimestampOrdering.LATEST_FIRST, pageSize: 5 }
const logs = await new LogsApi(configuration).listLoginLogs(query)
console.log('logs', logs.results.filter(({ user }) => user === me.id).length)

access = 'no.such.token'
const nobody = { email: 'nobody', password, passwordConfirm: password }
await report(users.getMe())
await report(users.registerUser({ registrationRequest: nobody }))
await report(auth.createToken({ credentials: { email, password: 'a wrong one' } }))

async function report(call: Promise<unknown>): Promise<void> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof ResponseError)
  const problem = ProblemFromJSON(await error.response.json())
  console.log(problem.status, problem.code, ...(problem.errors ?? []).map(({ pointer }) => pointer))
}
