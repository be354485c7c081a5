import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, request, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { operationRoutes } from '../support/operations.ts'
import { TestService } from '../support/service.ts'

type Outcome = { code: number; stdout: string; stderr: string }
type Altered = { status: number; headers: Record<string, string | string[] | undefined>; body: string }

const script = join(import.meta.dirname, '../../scripts/contractTest.ts')

describe('npm run contract:test', () => {
  let service: TestService
  let account: string[]
  let servers: Server[] = []

  before(async () => {
    service = await TestService.start()
    const { email, password } = await service.activeUser()
    account = ['--email', email, '--password', password]
  })
  afterEach(() => {
    for (const server of servers) server.close()
    servers = []
  })
  after(() => service.stop())

  function run(...parameters: string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      execFile(process.execPath, [script, ...parameters], (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
      })
    })
  }

  /** Starts a proxy in front of the service, which may alter its replies. */
  function proxy(
    alter: (path: string, reply: Altered, received: IncomingMessage) => Partial<Altered>,
  ): Promise<string> {
    return serve((received, answer) => {
      const { method, headers } = received
      const target = request(`${service.url}${received.url ?? ''}`, { method, headers }, (reply) => {
        void text(reply).then((body) => {
          const { 'content-length': _, 'transfer-encoding': __, ...passed } = reply.headers
          const given = { status: reply.statusCode ?? 500, headers: passed, body }
          const altered = { ...given, ...alter((received.url ?? '').split('?')[0] ?? '', given, received) }
          answer.writeHead(altered.status, altered.headers).end(altered.body)
        })
      })
      received.pipe(target.on('error', () => answer.destroy()))
    })
  }

  async function serve(listener: Parameters<typeof createServer>[1] & object): Promise<string> {
    const server = createServer(listener)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  it('calls every operation of a healthy deployment, passes and changes no account', async () => {
    const before = await service.sql('select * from users')
    const mails = await service.countMails()
    const junit = join(service.dataDir, 'junit.xml')
    const { code, stdout, stderr } = await run('--url', `${service.url}/`, ...account, '--junit', junit)
    assert.equal(code, 0, stdout + stderr)
    for (const operationId of Object.keys(operationRoutes))
      assert.match(stdout, new RegExp(`^ok +${operationId}: [1-9]`, 'm'))
    assert.match(stdout, /: \d+ calls, 0 differ\.$/m)
    const xml = await readFile(junit, 'utf8')
    const [, cases] = /<testsuites tests="(\d+)" failures="0"/.exec(xml) ?? []
    assert.equal(xml.match(/<testcase /g)?.length, Number(cases))
    assertWellFormed(xml)
    const users = await service.sql<{ last_login: Date }>('select * from users')
    const asBefore = users.map((user, at) => ({ ...user, last_login: (before[at] as typeof user).last_login }))
    assert.deepEqual(asBefore, before)
    assert.equal(await service.countMails(), mails)
    const [left] = await service.sql<{ count: string }>('select count(*) from sessions where ended_at is null')
    assert.equal(left?.count, '0')
  })

  it('names by operation how the replies of a broken deployment differ', async () => {
    const alterations: Record<string, (reply: Altered, received: IncomingMessage) => Partial<Altered>> = {
      '/api/v1/users/me/': ({ body, status }, { method }) =>
        method === 'PATCH' && status === 200
          ? { status: 418 }
          : { body: body.replace('{"id"', '{"password_hash":"<x>","id"') },
      '/health/live': ({ headers }) => ({ headers: { ...headers, 'x-powered-by': 'Express' } }),
      '/health/ready': ({ headers: { 'x-request-id': _, ...headers } }) => ({ headers }),
      '/.well-known/jwks.json': ({ headers }) => ({ headers: { ...headers, 'content-type': 'text/json' } }),
      '/api/v1/auth/token/verify/': ({ headers, status }) => ({
        headers: status === 405 ? { ...headers, allow: 'GET' } : headers,
      }),
      '/api/v1/logs/login/': ({ headers }) => ({ headers: { ...headers, 'cache-control': 'public' } }),
    }
    const url = await proxy((path, reply, received) => alterations[path]?.(reply, received) ?? {})
    const junit = join(service.dataDir, 'broken.xml')
    const { code, stdout } = await run('--url', url, ...account, '--junit', junit)
    assert.equal(code, 1, stdout)
    const named: Record<string, RegExp> = {
      getMe: /body .*must NOT have additional properties: password_hash/,
      updateMe: /status 418 is not documented/,
      getLiveness: /header x-powered-by is not documented/,
      getReadiness: /header x-request-id is missing/,
      getJwks: /content type text\/json instead of application\/json/,
      verifyToken: /header allow names GET instead of POST/,
      listLoginLogs: /header cache-control is public instead of no-store/,
    }
    for (const [operationId, error] of Object.entries(named)) {
      const [section = ''] = new RegExp(`^DIFFERS +${operationId}:.*\\n(?: .*\\n)*`, 'm').exec(stdout) ?? []
      assert.match(section, error, `${operationId}: ${stdout}`)
    }
    assert.equal(stdout.match(/^DIFFERS/gm)?.length, Object.keys(named).length, stdout)
    const xml = await readFile(junit, 'utf8')
    assertWellFormed(xml)
    assert.match(xml, /<failure message="status 418 is not documented">/)
  })

  it('allows the headers that --allow-header names', async () => {
    const url = await proxy((_, { headers }) => ({ headers: { ...headers, 'x-cache': 'MISS' } }))
    const { code, stdout } = await run('--url', url, ...account, '--allow-header', 'X-Cache')
    assert.equal(code, 0, stdout)
  })

  it('names links that do not lead through the proxy', async () => {
    const url = await proxy((path, { body }) =>
      path === '/api/v1/logs/login/'
        ? { body: body.replace(/"next":"http:..[^/]+/, '"next":"http://inside:8000') }
        : {},
    )
    const { code, stdout } = await run('--url', url, ...account)
    assert.equal(code, 1, stdout)
    assert.match(stdout, /next leads to http:\/\/inside:8000\/.* does TRUSTED_PROXIES name the proxy\?/)
  })

  it('tests a deployment against the contract of a file', async () => {
    const contract = await readFile(join(import.meta.dirname, '../../openapi.yaml'), 'utf8')
    const file = join(service.dataDir, 'contract.yaml')
    await writeFile(file, contract.replace('required: [id, email,', 'required: [id, nickname, email,'))
    const { code, stdout } = await run('--url', service.url, ...account, '--contract', file)
    assert.equal(code, 1)
    assert.match(stdout, /DIFFERS +getMe[\s\S]*must have required property 'nickname'/)
    assert.equal((await run('--url', service.url, ...account, '--contract', join(file, 'none'))).code, 1)
  })

  it('names the reason if it cannot test', async () => {
    const other = await serve((_, answer) => answer.end('<html>'))
    const otherJson = await serve((_, answer) => answer.end('{"openapi":"3.1.0","paths":{}}'))
    const [, email = ''] = account
    const complaints: [parameters: string[], RegExp][] = [
      [['--url', 'http://127.0.0.1:1', ...account], /^http:\/\/127\.0\.0\.1:1 does not answer \(.+\)/],
      [['--url', other, ...account], /is not a Gatehouse: .* answered 200 and no JSON/],
      [['--url', otherJson, ...account], /is not the contract of a Gatehouse/],
      [['--url', service.url, '--email', email, '--password', 'wrong'], /cannot sign in: is the password right/],
      [['--url', service.url], /^Give --email and --password/],
      [account, /^Give --url/],
      [['--url', 'accounts.example.com', ...account], /^Give --url/],
      [['--no-such'], /Try --help/],
    ]
    for (const [parameters, complaint] of complaints) {
      const { code, stderr } = await run(...parameters)
      assert.equal(code, 1)
      assert.match(stderr, complaint)
      assert.equal(stderr.trim().split('\n').length, 1, stderr)
    }
    assert.match((await run('--help')).stdout, /npm run contract:test -- --url URL/)
  })
})

/** Every tag closed in its order, and nothing unescaped in between. */
function assertWellFormed(xml: string): void {
  const open: string[] = []
  const rest = xml
    .replace(/^<\?xml [^>]*\?>\n/, '')
    .replace(/<(\/?)(\w+)((?: [\w-]+="[^"<]*")*)(\/?)>/g, (_, end, name: string, __, empty) => {
      if (end) assert.equal(open.pop(), name)
      else if (!empty) open.push(name)
      return ''
    })
  assert.deepEqual(open, [])
  assert.doesNotMatch(rest, /[<>]|&(?!(amp|lt|gt|quot|#10);)/)
}
