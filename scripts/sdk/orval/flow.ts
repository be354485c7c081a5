import assert from 'node:assert/strict'
import { createInterface } from 'node:readline/promises'
import * as gatehouse from './gatehouse/client.ts'

const { EMAIL: email = 'test@example.com' } = process.env
const password = 'correct horse battery staple'

const registered = await gatehouse.registerUser({ email, password, password_confirm: password })
assert.equal(registered.status, 201)
const terminal = createInterface({ input: process.stdin, output: process.stdout })
const code = await terminal.question(`WAITING ${email}\n`)
terminal.close()
const activated = await gatehouse.confirmActivation({ code })
assert.equal(activated.status, 200)
console.log('activated')

const signedIn = await gatehouse.createToken({ email, password })
assert.ok(signedIn.status === 200)
console.log('signed in')
const renewed = await gatehouse.refreshToken({ refresh: signedIn.data.refresh })
assert.ok(renewed.status === 200 && renewed.data.refresh !== signedIn.data.refresh)
console.log('refreshed')

const options = { headers: { Authorization: `Bearer ${renewed.data.access}` } }
const me = await gatehouse.getMe(options)
assert.ok(me.status === 200)
console.log('me', me.data.email, me.data.language)
const logs = await gatehouse.listLoginLogs({ ordering: '-timestamp', page_size: 5 }, options)
assert.ok(logs.status === 200)
console.log('logs', logs.data.results.filter(({ user }) => user === me.data.id).length)

const refused = await gatehouse.getMe({ headers: { Authorization: 'Bearer no.such.token' } })
assert.ok(refused.status === 401)
report(refused.data)
const invalid = await gatehouse.registerUser({ email: 'nobody', password, password_confirm: password })
assert.ok(invalid.status === 400)
report(invalid.data)
const wrong = await gatehouse.createToken({ email, password: 'a wrong one' })
assert.ok(wrong.status === 401)
report(wrong.data)

function report(problem: gatehouse.Problem): void {
  console.log(problem.status, problem.code, ...(problem.errors ?? []).map(({ pointer }) => pointer))
}
