import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { password } from '../support/service.ts'
import { addOwner, addUser } from '../support/users.ts'
import { ObservedService } from './support/scrape.ts'

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }

describe('metrics', () => {
  let observed: ObservedService
  before(async () => {
    observed = await ObservedService.start({ RATE_LIMITS: 'on', LIMIT_SIGN_IN: '2/15m' })
  })
  after(() => observed.service.stop())

  it('count requests by operation, status and code, with their durations', async () => {
    const { service } = observed
    const user = await addUser(service)
    await service.call('getMe', { token: user.access })
    await service.call('getMe', { token: 'x' })
    await service.fetch('/docs/')
    await service.fetch('/nothing')
    const scrape = await observed.scrape()
    const requests = (labels: string) => scrape.get(`gatehouse_http_requests_total{${labels}}`)
    assert.equal(requests('operation="getMe",status="200",code=""'), 1)
    assert.equal(requests('operation="getMe",status="401",code="token_not_valid"'), 1)
    assert.equal(requests('operation="none",status="200",code=""'), 1)
    assert.equal(requests('operation="none",status="404",code="not_found"'), 1)
    assert.equal(scrape.get('gatehouse_http_request_duration_seconds_count{operation="getMe"}'), 2)
    assert.equal(scrape.get('gatehouse_http_requests_in_flight'), 0)
  })

  it('count sign-ins by outcome, hashes, and the decisions of limits', async () => {
    const { service } = observed
    const user = await addOwner(service)
    const wrong = { body: { email: user.email, password: 'a wrong password' } }
    await service.call('createToken', { body: { email: user.email, password } })
    for (let attempt = 0; attempt < 3; attempt++) await service.call('createToken', wrong)
    const scrape = await observed.scrape()
    for (const [outcome, count] of Object.entries({ signed_in: 1, refused: 2, throttled: 1 }))
      assert.equal(scrape.get(`gatehouse_sign_ins_total{outcome="${outcome}"}`), count, outcome)
    const decided = (limit: string, decision: string) =>
      scrape.get(`gatehouse_limiter_decisions_total{limit="${limit}",decision="${decision}"}`)
    assert.equal(decided('sign-in', 'allowed'), 3)
    assert.equal(decided('sign-in', 'refused'), 1)
    assert.equal(decided('lock-outs', 'allowed'), 1)
    assert.equal(decided('recovery', 'refused'), 0)
    // The hash of the test user is outdated, so the sign-in also makes a new one.
    assert.equal(scrape.get('gatehouse_hash_duration_seconds_count'), 4)
  })

  it('count mails, and measure the outbox of the database', async () => {
    // Another service, because the outbox is measured only every 10 s, and the first scrape measures it at once.
    const other = await ObservedService.start()
    const { service } = other
    try {
      await service.activeUser()
      await service.countMails()
      await service.sql(
        `insert into mails (id, kind, address, status, created_at) values
         (gen_random_uuid(), 'restore', 'a@example.com', 'failed', now()),
         (gen_random_uuid(), 'restore', 'b@example.com', 'queued', now() - interval '1 hour')`,
      )
      const scrape = await other.scrape()
      const age = scrape.get('gatehouse_outbox_oldest_queued_seconds') ?? 0
      assert.ok(age >= 3600 && age < 3700, String(age))
      assert.equal(scrape.get('gatehouse_outbox_mails{status="queued"}'), 1)
      assert.equal(scrape.get('gatehouse_outbox_mails{status="failed"}'), 1)
      assert.equal(scrape.get('gatehouse_mails_total{result="sent"}'), 1)
    } finally {
      await service.stop()
    }
  })

  it('describe the service, its queues and its process', async () => {
    const scrape = await observed.scrape()
    assert.equal(scrape.get(`gatehouse_build_info{version="${version}"}`), 1)
    assert.equal(scrape.get('gatehouse_ready'), 1)
    assert.equal(scrape.get('gatehouse_database_connections_max{pool="requests"}'), 10)
    for (const name of ['gatehouse_hash_queue_waiting', 'gatehouse_database_waiting{pool="lists"}'])
      assert.equal(scrape.get(name), 0, name)
    const keyAge = scrape.get('gatehouse_signing_key_age_seconds') ?? NaN
    assert.ok(keyAge >= 0 && keyAge < 600, String(keyAge))
    for (const name of ['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes'])
      assert.ok(scrape.get(name) !== undefined, name)
  })

  it('have few label values, none of which a client chooses', async () => {
    const before = await observed.scrape()
    for (let i = 0; i < 20; i++) await observed.service.fetch(`/nothing-${i}`, { method: 'PUT' })
    const after = await observed.scrape()
    // Node.js adds samples when it collects garbage of another kind for the first time.
    const added = [...after.keys()].filter((name) => !before.has(name) && !name.startsWith('nodejs_gc_'))
    assert.ok(added.length <= 1, added.join('\n'))
    assert.ok(after.size < 1000, `${after.size} samples`)
  })

  describe('the listener for metrics', () => {
    it('serves GET and HEAD of /metrics only', async () => {
      const statusOf = async (url: string, method = 'GET') => (await fetch(url, { method })).status
      assert.equal(await statusOf(observed.url, 'HEAD'), 200)
      assert.equal(await statusOf(observed.url, 'POST'), 404)
      assert.equal(await statusOf(new URL('/', observed.url).href), 404)
      assert.equal(await statusOf(new URL('/health/live', observed.url).href), 404)
    })

    it('is not the public port', async () => {
      assert.equal((await observed.service.fetch('/metrics')).status, 404)
    })

    it('stops the start if its port is in use', async () => {
      const METRICS_PORT = new URL(observed.url).port
      await assert.rejects(ObservedService.start({ METRICS_PORT }), /^StartError: .*|set METRICS_PORT to a free one/)
    })
  })
})

describe('metrics without a database', () => {
  it('say that the service is not ready, and answer in time', async () => {
    const DATABASE_URL = 'postgres://gatehouse:x@127.0.0.1:1/gatehouse'
    const observed = await ObservedService.start({ DATABASE_URL }, { waits: true })
    try {
      const began = performance.now()
      const scrape = await observed.scrape()
      assert.ok(performance.now() - began < 4000)
      assert.equal(scrape.get('gatehouse_ready'), 0)
      assert.equal(scrape.get('gatehouse_outbox_mails{status="queued"}'), undefined)
      assert.equal(scrape.get('gatehouse_signing_key_age_seconds'), undefined)
    } finally {
      await observed.service.stop()
    }
  })
})
