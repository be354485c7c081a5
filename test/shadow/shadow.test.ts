import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { startShadow, type Comparison, type Shadow } from '../../src/shadow/shadow.ts'
import { TestService } from '../support/service.ts'

const me = '/api/v1/users/me/'

describe('gatehouse shadow', () => {
  let service: TestService
  let authorization: string
  let django: Server
  let shadow: Shadow
  /** What the simulated Django project answers, and what it was asked. */
  let answer: RequestListener
  let asked: string[]
  let comparisons: Comparison[]

  before(async () => {
    service = await TestService.start()
    authorization = `Bearer ${(await service.signedIn()).access}`
    django = createServer((request, reply) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`)
      answer(request, reply)
    })
    django.listen(0, '127.0.0.1')
    await once(django, 'listening')
    shadow = await startShadow({
      gatehouse: new URL(service.url),
      django: new URL(`http://127.0.0.1:${(django.address() as AddressInfo).port}`),
      host: '127.0.0.1',
      port: 0,
      ignored: new Set(['last_login']),
      onCompared: (comparison) => comparisons.push(comparison),
    })
  })
  beforeEach(() => {
    asked = []
    comparisons = []
  })
  after(async () => {
    await shadow.stop()
    django.close().closeAllConnections()
    await service.stop()
  })

  const get = (path: string, headers = { Authorization: authorization }) => fetch(`${shadow.url}${path}`, { headers })
  const answerJson = (status: number, body: object, headers: Record<string, string> = {}) => {
    answer = (_, reply) =>
      reply.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
  async function comparison(): Promise<Comparison> {
    for (let tries = 0; tries < 100 && comparisons.length === 0; tries++) await sleep(20)
    assert.equal(comparisons.length, 1)
    return comparisons[0] as Comparison
  }

  it('finds equal replies that differ in ids, digits of a time and last_login', async () => {
    const { body: profile } = await service.fetch(me, { headers: { Authorization: authorization } })
    const joined = String(profile['date_joined']).replace(/\.\d{6}Z$/, (digits) => `${digits.slice(0, 4)}+00:00`)
    answerJson(200, { id: 7, email: profile['email'], first_name: '', date_joined: joined, last_login: null })
    const reply = await get(me)
    assert.equal(reply.status, 200)
    assert.equal(((await reply.json()) as { email: string }).email, profile['email'])
    assert.deepEqual(await comparison(), { path: me, differences: [] })
    assert.deepEqual(asked, [`GET ${me} ${authorization}`])
  })

  it('names the members that differ, also in records of a list', async () => {
    answerJson(200, { first_name: 'Ann' })
    await get(me)
    assert.deepEqual((await comparison()).differences, [{ member: 'first_name', django: 'Ann', gatehouse: '' }])
    comparisons = []
    answerJson(200, { count: 0, next: null, previous: null, results: [{ ip_address: '192.0.2.1' }] })
    await get('/api/v1/logs/login?page_size=1')
    assert.deepEqual(
      (await comparison()).differences.map(({ member }) => member),
      ['count', 'results[0].ip_address'],
    )
    assert.match(asked[1] ?? '', /^GET \/api\/v1\/logs\/login\/\?page_size=1 /)
  })

  it('compares errors by status, code and invalid fields', async () => {
    answerJson(401, { detail: 'Other words', code: 'token_not_valid' }, { 'WWW-Authenticate': 'Bearer realm="api"' })
    await get(me, { Authorization: 'Bearer x' })
    assert.deepEqual((await comparison()).differences, [])
    comparisons = []
    answerJson(400, { ordering: ['Select a valid choice.'] })
    await get('/api/v1/logs/login/?ordering=x')
    assert.deepEqual((await comparison()).differences, [])
  })

  it('sends requests that change something to the service only', async () => {
    const headers = { Authorization: authorization, 'Content-Type': 'application/json' }
    const body = JSON.stringify({ first_name: 'Ann' })
    assert.equal((await fetch(`${shadow.url}${me}`, { method: 'PATCH', headers, body })).status, 200)
    assert.equal((await get('/api/v1/users/activate/?code=x')).status, 400)
    assert.equal(
      (await fetch(`${shadow.url}${me}`, { method: 'PATCH', headers, body: '{"first_name":""}' })).status,
      200,
    )
    assert.deepEqual([asked, comparisons], [[], []])
  })

  it('serves clients if Django breaks off, and reports it', async () => {
    answer = (request) => request.socket.destroy()
    assert.equal((await get(me)).status, 200)
    assert.deepEqual(await comparison(), { path: me, differences: [], problem: 'Django did not answer' })
  })

  it('lets at most 16 requests wait for Django', async () => {
    const waiting: (() => void)[] = []
    answer = (_, reply) => waiting.push(() => reply.end('{}'))
    const replies = await Promise.all(Array.from({ length: 20 }, () => get(me)))
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [200])
    assert.equal(asked.length, 16)
    assert.equal(comparisons.length, 4)
    assert.equal(comparisons[0]?.problem, 'more than 16 requests wait for Django')
    for (const release of waiting) release()
  })

  it('answers 502 if the service cannot be reached', async () => {
    const lonely = await startShadow({
      gatehouse: new URL('http://127.0.0.1:1'),
      django: new URL('http://127.0.0.1:1'),
      host: '127.0.0.1',
      port: 0,
      ignored: new Set(),
      onCompared: () => undefined,
    })
    try {
      for (const method of ['GET', 'POST']) assert.equal((await fetch(`${lonely.url}${me}`, { method })).status, 502)
    } finally {
      await lonely.stop()
    }
  })
})
