import assert from 'node:assert/strict'
import { createInterface } from 'node:readline/promises'
import { handle, ok } from '@oazapfts/runtime'
import * as gatehouse from './gatehouse/client.ts'

const { BASE: baseUrl = 'http://localhost:8000', EMAIL: email = 'test@example.com' } = process.env
const password = 'correct horse battery staple'
gatehouse.defaults.baseUrl = baseUrl

await ok(gatehouse.registerUser({ email, password, password_confirm: password }))
const terminal = createInterface({ input: process.stdin, output: process.stdout })
const code = await terminal.question(`WAITING ${email}\n`)
terminal.close()
await ok(gatehouse.confirmActivation({ code }))
console.log('activated')

const tokens = await ok(gatehouse.createToken({ email, password }))
console.log('signed in')
const renewed = await ok(gatehouse.refreshToken({ refresh: tokens.refresh }))
assert.notEqual(renewed.refresh, tokens.refresh)
console.log('refreshed')

const options = { headers: { Authorization: `Bearer ${renewed.access}` } }
const me = await ok(gatehouse.getMe(options))
console.log('me', me.email, me.language)
const logs = await ok(gatehouse.listLoginLogs({ ordering: '-timestamp', pageSize: 5 }, options))
console.log('logs', logs.results.filter(({ user }) => user === me.id).length)

await handle(gatehouse.getMe({ headers: { Authorization: 'Bearer no.such.token' } }), { 401: report })
const nobody = { email: 'nobody', password, password_confirm: password }
await handle(gatehouse.registerUser(nobody), { 400: report })
await handle(gatehouse.createToken({ email, password: 'a wrong one' }), { 401: report })

function report(problem: gatehouse.Problem): void {
  console.log(problem.status, problem.code, ...(problem.errors ?? []).map(({ pointer }) => pointer))
}
