import assert from 'node:assert/strict'
import { createInterface } from 'node:readline/promises'
import { isAxiosError } from 'axios'
import { AuthApi, Configuration, LogsApi, TimestampOrdering, UsersApi, type Problem } from './gatehouse/index.js'

const { BASE: basePath = 'http://localhost:8000', EMAIL: email = 'test@example.com' } = process.env
const password = 'correct horse battery staple'
let accessToken = ''
const configuration = new Configuration({ basePath, accessToken: () => accessToken })
const users = new UsersApi(configuration)
const auth = new AuthApi(configuration)

await users.registerUser({ registrationRequest: { email, password, password_confirm: password } })
const terminal = createInterface({ input: process.stdin, output: process.stdout })
const code = await terminal.question(`WAITING ${email}\n`)
terminal.close()
await users.confirmActivation({ activationRequest: { code } })
console.log('activated')

const { data: tokens } = await auth.createToken({ credentials: { email, password } })
console.log('signed in')
const { data: renewed } = await auth.refreshToken({ refreshRequest: { refresh: tokens.refresh } })
assert.notEqual(renewed.refresh, tokens.refresh)
console.log('refreshed')

accessToken = renewed.access
const { data: me } = await users.getMe()
console.log('me', me.email, me.language)
const { data: logs } = await new LogsApi(configuration).listLoginLogs({
  ordering: TimestampOrdering.LATEST_FIRST,
  pageSize: 5,
})
console.log('logs', logs.results.filter(({ user }) => user === me.id).length)

accessToken = 'no.such.token'
const nobody = { email: 'nobody', password, password_confirm: password }
await report(users.getMe())
await report(users.registerUser({ registrationRequest: nobody }))
await report(auth.createToken({ credentials: { email, password: 'a wrong one' } }))

async function report(call: Promise<unknown>): Promise<void> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(isAxiosError<Problem>(error) && error.response)
  const { data: problem } = error.response
  console.log(problem.status, problem.code, ...(problem.errors ?? []).map(({ pointer }) => pointer))
}
