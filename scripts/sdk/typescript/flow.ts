import assert from 'node:assert/strict'
import { createInterface } from 'node:readline/promises'
import { Client, Problem } from 'gatehouse-sdk'

const { BASE: baseUrl = 'http://localhost:8000', EMAIL: email = 'test@example.com' } = process.env
const password = 'correct horse battery staple'
const client = new Client({ baseUrl })

await client.registerUser({ email, password, password_confirm: password })
const terminal = createInterface({ input: process.stdin, output: process.stdout })
const code = await terminal.question(`WAITING ${email}\n`)
terminal.close()
await client.confirmActivation({ code })
console.log('activated')

const { refresh } = await client.createToken({ email, password })
console.log('signed in')
assert.notEqual((await client.refreshToken({ refresh })).refresh, refresh)
console.log('refreshed')

const me = await client.getMe()
console.log('me', me.email, me.language)
let logs = 0
for await (const log of client.iterateLoginLogs({ page_size: 1, ordering: 'timestamp' })) if (log.user === me.id) logs++
console.log('logs', logs)

const stranger = new Client({ baseUrl, tokens: { access: 'no.such.token', refresh: 'no.such.token' } })
await report(stranger.getMe())
await report(client.registerUser({ email: 'nobody', password, password_confirm: password }))
await report(client.createToken({ email, password: 'a wrong one' }))
await client.signOut()

async function report(call: Promise<unknown>): Promise<void> {
  const problem = await call.catch((error: unknown) => error)
  assert.ok(problem instanceof Problem)
  console.log(problem.status, problem.code, ...problem.errors.map(({ pointer }) => pointer))
}
