import assert from 'node:assert/strict'
import { createInterface } from 'node:readline/promises'
import { client } from './gatehouse/client.gen.js'
import {
  confirmActivation,
  createToken,
  getMe,
  listLoginLogs,
  refreshToken,
  registerUser,
  type Problem,
} from './gatehouse/index.js'

const { BASE: baseUrl = 'http://localhost:8000', EMAIL: email = 'test@example.com' } = process.env
const password = 'correct horse battery staple'
let access: string | undefined
client.setConfig({ baseUrl, auth: () => access })

await registerUser({ body: { email, password, password_confirm: password }, throwOnError: true })
const terminal = createInterface({ input: process.stdin, output: process.stdout })
const code = await terminal.question(`WAITING ${email}\n`)
terminal.close()
await confirmActivation({ body: { code }, throwOnError: true })
console.log('activated')

const { data: tokens } = await createToken({ body: { email, password }, throwOnError: true })
console.log('signed in')
const { data: renewed } = await refreshToken({ body: { refresh: tokens.refresh }, throwOnError: true })
assert.notEqual(renewed.refresh, tokens.refresh)
console.log('refreshed')

access = renewed.access
const { data: me } = await getMe({ throwOnError: true })
console.log('me', me.email, me.language)
const { data: logs } = await listLoginLogs({ query: { ordering: '-timestamp', page_size: 5 }, throwOnError: true })
console.log('logs', logs.results.filter(({ user }) => user === me.id).length)

access = 'no.such.token'
report((await getMe()).error)
report((await registerUser({ body: { email: 'nobody', password, password_confirm: password } })).error)
report((await createToken({ body: { email, password: 'a wrong one' } })).error)

function report(problem: Problem | undefined): void {
  assert.ok(problem)
  console.log(problem.status, problem.code, ...(problem.errors ?? []).map(({ pointer }) => pointer))
}
