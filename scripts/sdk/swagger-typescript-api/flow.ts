import assert from 'node:assert/strict'
import { createInterface } from 'node:readline/promises'
import { Api, type HttpResponse, type Problem } from './gatehouse/client.js'

const { BASE: baseUrl = 'http://localhost:8000', EMAIL: email = 'test@example.com' } = process.env
const password = 'correct horse battery staple'
const { api, setSecurityData } = new Api<string>({
  baseUrl,
  securityWorker: (access) => ({ headers: { Authorization: `Bearer ${access}` } }),
})

await api.registerUser({ email, password, password_confirm: password })
const terminal = createInterface({ input: process.stdin, output: process.stdout })
const code = await terminal.question(`WAITING ${email}\n`)
terminal.close()
await api.confirmActivation({ code })
console.log('activated')

const { data: tokens } = await api.createToken({ email, password })
console.log('signed in')
const { data: renewed } = await api.refreshToken({ refresh: tokens.refresh })
assert.notEqual(renewed.refresh, tokens.refresh)
console.log('refreshed')

setSecurityData(renewed.access)
const { data: me } = await api.getMe()
console.log('me', me.email, me.language)
const { data: logs } = await api.listLoginLogs({ ordering: '-timestamp', page_size: 5 })
console.log('logs', logs.results.filter(({ user }) => user === me.id).length)

setSecurityData('no.such.token')
await report(api.getMe())
await report(api.registerUser({ email: 'nobody', password, password_confirm: password }))
await report(api.createToken({ email, password: 'a wrong one' }))

async function report(call: Promise<unknown>): Promise<void> {
  const failure: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  )
  assert.ok(failure instanceof Response)
  const { error: problem } = failure as HttpResponse<unknown, Problem>
  console.log(problem.status, problem.code, ...(problem.errors ?? []).map(({ pointer }) => pointer))
}
