import assert from 'node:assert/strict'
import { createInterface } from 'node:readline/promises'
import createClient from 'openapi-fetch'
import type { components, paths } from './gatehouse/contract.ts'

const { BASE: baseUrl = 'http://localhost:8000', EMAIL: email = 'test@example.com' } = process.env
const password = 'correct horse battery staple'
const client = createClient<paths>({ baseUrl })

await client.POST('/api/v1/users/register/', { body: { email, password, password_confirm: password } })
const terminal = createInterface({ input: process.stdin, output: process.stdout })
const code = await terminal.question(`WAITING ${email}\n`)
terminal.close()
assert.ok((await client.POST('/api/v1/users/activate/', { body: { code } })).data)
console.log('activated')

const { data: tokens } = await client.POST('/api/v1/auth/token/', { body: { email, password } })
assert.ok(tokens)
console.log('signed in')
const { data: renewed } = await client.POST('/api/v1/auth/token/refresh/', { body: { refresh: tokens.refresh } })
assert.ok(renewed && renewed.refresh !== tokens.refresh)
console.log('refreshed')

const headers = { Authorization: `Bearer ${renewed.access}` }
const { data: me } = await client.GET('/api/v1/users/me/', { headers })
console.log('me', me?.email, me?.language)
const query = { ordering: '-timestamp', page_size: 5 } as const
const { data: logs } = await client.GET('/api/v1/logs/login/', { headers, params: { query } })
console.log('logs', logs?.results.filter(({ user }) => user === me?.id).length)

report((await client.GET('/api/v1/users/me/', { headers: { Authorization: 'Bearer no.such.token' } })).error)
const nobody = { email: 'nobody', password, password_confirm: password }
report((await client.POST('/api/v1/users/register/', { body: nobody })).error)
report((await client.POST('/api/v1/auth/token/', { body: { email, password: 'a wrong one' } })).error)

function report(problem: components['schemas']['Problem'] | undefined): void {
  assert.ok(problem)
  console.log(problem.status, problem.code, ...(problem.errors ?? []).map(({ pointer }) => pointer))
}
