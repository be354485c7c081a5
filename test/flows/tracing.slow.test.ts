import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isTracingOn } from '../../src/tracing.ts'
import { attributesOf, OtlpReceiver } from '../support/otlpReceiver.ts'
import { StartRoom } from '../support/start.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const secret = 'a password that no span may show'

describe('tracing with OpenTelemetry', () => {
  const room = new StartRoom()
  let receiver: OtlpReceiver
  let url: string
  before(async () => {
    receiver = await OtlpReceiver.start()
    const child = room.startOnDatabase({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '50',
      TRUSTED_PROXIES: 'loopback',
      EMAIL_BACKEND: 'django.core.mail.backends.filebased.EmailBackend',
    })
    url = await child.url()
  })
  after(() => {
    receiver.stop()
  })

  const signIn = (headers: Record<string, string> = {}) =>
    fetch(`${url}/api/v1/auth/token/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ email: 'nobody@example.com', password: secret }),
    })

  it('exports a span of a request, within the trace of the proxy', async () => {
    const reply = await signIn({ traceparent: `00-${traceId}-${spanId}-01` })
    const span = await receiver.find(({ name }) => name === 'createToken')
    assert.deepEqual([span.traceId, span.parentSpanId, span.kind], [traceId, spanId, 2])
    assert.deepEqual(attributesOf(span), {
      'http.request.method': 'POST',
      'url.path': '/api/v1/auth/token/',
      'url.scheme': 'http',
      'gatehouse.request_id': reply.headers.get('x-request-id'),
      'http.response.status_code': 401,
      'error.type': 'no_active_account',
    })
  })

  it('exports a span of each statement, within the span of its request', async () => {
    await signIn({ traceparent: `00-${traceId}-${spanId}-01` })
    const statement = await receiver.find(({ name }) => name === 'findUserIdByAddress')
    const request = await receiver.find((span) => span.spanId === statement.parentSpanId)
    assert.equal(request.name, 'createToken')
    assert.equal(attributesOf(statement)['db.system.name'], 'postgresql')
  })

  it('exports a span of each job', async () => {
    const body = { email: 'somebody@example.com', password: secret, password_confirm: secret }
    const headers = { 'Content-Type': 'application/json' }
    await fetch(`${url}/api/v1/users/register/`, { method: 'POST', headers, body: JSON.stringify(body) })
    const job = await receiver.find(({ name }) => name === 'deliver_mail')
    const statement = await receiver.find(({ parentSpanId }) => parentSpanId === job.spanId)
    assert.notEqual(statement.traceId, traceId)
  })

  it('starts a trace for a request without one, and exports none for probes', async () => {
    await fetch(`${url}/health/live`)
    await fetch(`${url}/nothing`)
    const span = await receiver.find(({ name }) => name === 'GET')
    assert.equal(attributesOf(span)['url.path'], '/nothing')
    assert.ok(span.parentSpanId === undefined || span.parentSpanId === '')
    assert.ok(!receiver.spans.some((each) => attributesOf(each)['url.path'] === '/health/live'))
  })

  it('names the service, and sends no secret and nothing about the process', () => {
    const [resource] = receiver.resources
    assert.ok(resource)
    const attributes = attributesOf(resource)
    assert.equal(attributes['service.name'], 'gatehouse')
    assert.deepEqual(
      Object.keys(attributes).filter((name) => /^(process|host|os)\./.test(name)),
      [],
    )
    const sent = JSON.stringify(receiver.spans)
    for (const text of [secret, 'example.com', room.databaseUrl]) assert.ok(!sent.includes(text), text)
  })

  it('does not disturb the service if no receiver answers', async () => {
    const child = room.startOnDatabase({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' })
    assert.equal((await fetch(`${await child.url()}/nothing`)).status, 404)
    child.kill('SIGTERM')
    assert.equal(await child.ended, 0)
  })
})

describe('metrics and tracing', () => {
  const room = new StartRoom()

  /** Starts and stops a service. @returns which of the two packages it has loaded */
  async function loaded(settings: Record<string, string>): Promise<string[]> {
    const folder = await mkdtemp(join(room.folder, 'coverage-'))
    const child = room.startOnDatabase({ ...settings, NODE_V8_COVERAGE: folder })
    await child.url()
    child.kill('SIGTERM')
    assert.equal(await child.ended, 0)
    const files = await readdir(folder)
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
    assert.ok(texts.some((text) => text.includes('/node_modules/koa/')))
    return ['prom-client', '@opentelemetry/sdk-node'].filter((name) =>
      texts.some((text) => text.includes(`/node_modules/${name}/`)),
    )
  }

  it('load no module if they are off', async () => {
    assert.deepEqual(await loaded({ OTEL_SDK_DISABLED: 'true' }), [])
  })

  it('load their modules if they are on', async () => {
    const settings = { METRICS_PORT: '0', OTEL_TRACES_EXPORTER: 'console' }
    assert.deepEqual(await loaded(settings), ['prom-client', '@opentelemetry/sdk-node'])
  })
})

describe('isTracingOn', () => {
  const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:4318'
  for (const [expected, environment] of [
    [false, {}],
    [true, { OTEL_EXPORTER_OTLP_ENDPOINT }],
    [true, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: OTEL_EXPORTER_OTLP_ENDPOINT }],
    [true, { OTEL_TRACES_EXPORTER: 'console' }],
    [false, { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT }],
    [false, { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT }],
    [false, { OTEL_SERVICE_NAME: 'accounts', OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
  ] as const) {
    it(`is ${expected} for ${JSON.stringify(environment)}`.slice(0, 80), () => {
      assert.equal(isTracingOn(environment), expected)
    })
  }
})
