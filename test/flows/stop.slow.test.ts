import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartRoom, type Start } from '../support/start.ts'

const secretKey = { SECRET_KEY: 'a secret key that is long enough for production' }
const production = { ...secretKey, NODE_ENV: 'production', HOST_FOR_SEND_MAIL: 'http://accounts.test' }

async function get(url: string, path: string): Promise<[status: number, connection: string | null]> {
  const { status, headers, body } = await fetch(`${url}${path}`)
  await body?.cancel()
  return [status, headers.get('connection')]
}

function signIn(url: string): Promise<Response> {
  return fetch(`${url}/api/v1/auth/token/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: 'nobody@example.com', password: 'no password of a user' }),
  })
}

/** Signs in with a wrong password. A failure shows the log, which contains the reason of a 503. */
async function assertSignInRefused(service: Start, url: string): Promise<void> {
  const { status } = await signIn(url)
  assert.equal(status, 401, JSON.stringify(service.log))
}

const codeOf = ({ log }: Start) => log.find(({ msg }) => msg === 'service stopped')?.['code']

describe('npm start, when it stops', function () {
  this.timeout(90_000)
  const room = new StartRoom()

  it('serves requests, not ready, until SHUTDOWN_DELAY ends or a second signal comes', async () => {
    const service = room.startOnDatabase({ ...production, SHUTDOWN_DELAY: '5m' })
    const url = await service.url()
    assert.deepEqual(await get(url, '/health/ready'), [200, 'keep-alive'])
    service.kill('SIGTERM')
    await service.logs(/^service stopping$/)
    assert.deepEqual(await get(url, '/health/ready'), [503, 'close'])
    assert.deepEqual(await get(url, '/health/live'), [200, 'close'])
    await assertSignInRefused(service, url)
    await sleep(1100) // a signal within a second would be taken for a repetition
    service.kill('SIGTERM')
    assert.equal(await service.ended, 143)
    assert.deepEqual([service.log.at(-1)?.msg, codeOf(service)], ['service ends at once', undefined])
  })

  it('exits with 0 after SHUTDOWN_DELAY, counting signals within a second as one', async () => {
    const service = room.startOnDatabase({ ...production, SHUTDOWN_DELAY: '2s' })
    const url = await service.url()
    service.kill('SIGINT')
    service.kill('SIGTERM')
    await service.logs(/^service stopping$/)
    assert.equal((await get(url, '/health/live'))[0], 200)
    assert.equal(await service.ended, 0)
    assert.equal(codeOf(service), 0)
    await assert.rejects(fetch(url))
  })

  it('finishes the open requests after it has stopped listening', async () => {
    const service = room.startOnDatabase(secretKey)
    const { port } = new URL(await service.url())
    const body = JSON.stringify({ email: 'nobody@example.com', password: 'no password of a user' })
    const socket = connect(Number(port), '127.0.0.1')
    const lines = ['POST /api/v1/auth/token/ HTTP/1.1', 'Host: x', 'Content-Type: application/json']
    socket.write(`${[...lines, `Content-Length: ${body.length}`].join('\r\n')}\r\n\r\n${body.slice(0, 9)}`)
    const answer = text(socket)
    await sleep(200) // until the service has read the header fields
    service.kill('SIGTERM')
    await service.logs(/^service stopping$/)
    await assert.rejects(fetch(`http://127.0.0.1:${port}/health/live`))
    socket.write(body.slice(9))
    assert.match(await answer, /^HTTP\/1\.1 401 [\s\S]*\r\nConnection: close\r\n/)
    assert.equal(await service.ended, 0)
  })

  it('counts Ctrl-C under npm as one signal, and verifies passwords until the end', async () => {
    const service = room.startByNpm({ ...production, SHUTDOWN_DELAY: '3s' })
    const url = await service.url()
    process.kill(-(service.pid ?? 0), 'SIGINT') // the terminal signals the whole group, and npm forwards the signal
    await service.logs(/^service stopping$/)
    await assertSignInRefused(service, url)
    await service.ended
    assert.equal(codeOf(service), 0)
    assert.equal(
      service.log.some(({ msg }) => msg === 'service ends at once'),
      false,
    )
  })

  describe('after an uncaught error', () => {
    /** Starts a service in which `statement` runs after the reply to a request for /health/live. */
    const startWith = (statement: string) => {
      const code = `import { subscribe } from 'node:diagnostics_channel'
        subscribe('http.server.response.finish', ({ request }) => {
          if (request.url.startsWith('/health/live')) setImmediate(() => { ${statement} })
        })`
      const options = `--import=data:text/javascript,${encodeURIComponent(code)}`
      return room.startOnDatabase({ ...production, SHUTDOWN_DELAY: '5m', NODE_OPTIONS: options })
    }

    for (const [what, statement] of [
      ['an exception', "throw new Error('of a test')"],
      ['a rejected promise', "Promise.reject(new Error('of a test'))"],
    ] as const)
      it(`logs ${what} with the request, and exits with 1 without a delay`, async () => {
        const service = startWith(statement)
        const url = await service.url()
        const { headers } = await fetch(`${url}/health/live?code=hidden`)
        assert.equal(await service.ended, 1)
        const crash = service.log.find(({ msg }) => msg === 'uncaught error')
        assert.equal(crash?.level, 60)
        assert.deepEqual(
          [crash['request_id'], crash['method'], crash['path']],
          [headers.get('x-request-id'), 'GET', '/health/live'],
        )
        assert.equal((crash['err'] as Error).message, 'of a test')
        assert.equal(codeOf(service), 1)
        assert.equal(service.stderr, '')
      })
  })
})
