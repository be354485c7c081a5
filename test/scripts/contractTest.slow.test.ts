import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, request, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { contractTest } from '../../scripts/contractTest.ts'
import { runInProcess, runScript } from '../support/command.ts'
import { operationRoutes } from '../support/operations.ts'
import { TestService } from '../support/service.ts'

type Page = { next: string | null; previous: string | null; results: object[] }
type Altered = { status: number; headers: Record<string, string | string[] | undefined>; body: string }

describe('npm run contract:test', () => {
  let service: TestService
  let account: string[]
  let servers: Server[] = []

  before(async () => {
    service = await TestService.start()
    const { email, password } = await service.activeUser()
    account = ['--no-limits', '--email', email, '--password', password]
  })
  afterEach(() => {
    for (const server of servers) server.close()
    servers = []
  })
  after(() => service.stop())

  const run = (...parameters: string[]) => runInProcess(contractTest, ...parameters)

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

  it('calls every operation of a correct deployment, passes, and changes no account', async () => {
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

  it('reports the differences of each operation of an incorrect deployment', async () => {
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
      assert.match(sectionOf(operationId, stdout), error, `${operationId}: ${stdout}`)
    }
    assert.equal(stdout.match(/^DIFFERS/gm)?.length, Object.keys(named).length, stdout)
    const xml = await readFile(junit, 'utf8')
    assertWellFormed(xml)
    assert.match(xml, /<failure message="status 418 is not documented">/)
  })

  it('reports wrong links, counts, order and problems that match their schemas', async () => {
    const { email, password } = await service.activeUser()
    for (const wrong of ['a wrong one', 'another wrong one'])
      await service.call('createToken', { body: { email, password: wrong } })
    const url = await proxy((path, { status, headers: { 'x-request-id': id, ...headers }, body }, { url: target }) => {
      const json = status === 200 && path.includes('/logs/') && body !== '' ? (JSON.parse(body) as Page) : undefined
      if (path === '/api/v1/auth/sessions/') return { body: body.replaceAll('"is_current":true', '"is_current":false') }
      if (path.startsWith('/api/v1/auth/sessions/') && status === 204) return { headers }
      if (path === '/api/v1/logs/login/' && json) {
        const [next, previous] = [json.previous, json.next]
        return { body: JSON.stringify({ ...json, next, previous, count: 0 }) }
      }
      if (path === '/api/v1/logs/security/' && json && target?.includes('ordering=timestamp'))
        return { body: JSON.stringify({ ...json, results: json.results.reverse() }) }
      if (path === '/api/v1/users/me/change-password/') return { body: body.replace(/"title":"[^"]*"/, '"title":""') }
      if (path === '/api/v1/users/me/delete/') return { body: body.replace(/"type":"[^"]*"/, '"type":"about:blank"') }
      if (path === '/api/v1/auth/token/blacklist/')
        return { headers: { ...headers, 'x-request-id': 'always-the-same' } }
      return { headers: { ...headers, 'x-request-id': id } }
    })
    const { code, stdout } = await run('--url', url, '--no-limits', '--email', email, '--password', password)
    assert.equal(code, 1, stdout)
    const named: Record<string, RegExp[]> = {
      listSessions: [/is_current is true for 0 sessions instead of one/],
      listLoginLogs: [/next is null although the page is not the last/, /count 0 instead of [1-9]/],
      listSecurityEvents: [/the records in ascending order are .* instead of/],
      changePassword: [/title "" instead of "/],
      deleteMe: [/type about:blank does not end with \/problems\/current_password_incorrect/],
      revokeToken: [/header x-request-id is that of another reply/],
    }
    for (const [operationId, errors] of Object.entries(named))
      for (const error of errors) assert.match(sectionOf(operationId, stdout), error, stdout)
  })

  it('requires the RateLimit headers unless --no-limits is given', async () => {
    const { stdout } = await run('--url', service.url, ...account.slice(1))
    assert.match(sectionOf('createToken', stdout), /header ratelimit or ratelimit-policy is missing/, stdout)
    assert.match(stdout, /^ok +getMe:/m)
  })

  it('uses its own accounts to test changes, and deletes them', async () => {
    const { email, password } = await service.activeUser()
    const refused = await run('--url', service.url, '--no-limits', '--email', email, '--password', password, '--write')
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /is not a superuser: --write needs one/)
    await service.sql('update users set is_superuser = true where email = $1', [email])
    const before = await service.sql('select id from users order by id')
    const mails = await service.countMails()
    const { code, stdout } = await run(
      ...['--url', service.url, '--no-limits', '--email', email, '--password', password, '--write'],
    )
    assert.equal(code, 0, stdout)
    for (const call of ['✓ with every member (POST', '✓ changing last_name to "" (PATCH', '✓ a created user (DELETE'])
      assert.ok(stdout.includes(call), `${call}: ${stdout}`)
    assert.match(sectionOf('deleteMe', stdout, 'ok'), /✓ the right password/)
    assert.deepEqual(await service.sql('select id from users order by id'), before)
    assert.equal(await service.countMails(), mails + 4, 'the notices to example.com that --help names')
  })

  it('allows undocumented headers that --allow-header names', async () => {
    const url = await proxy((_, { headers }) => ({ headers: { ...headers, 'x-cache': 'MISS' } }))
    const { code, stdout } = await run('--url', url, ...account, '--allow-header', 'X-Cache')
    assert.equal(code, 0, stdout)
  })

  it('reports next and previous links that bypass the proxy', async () => {
    const url = await proxy((path, { body }) =>
      path === '/api/v1/logs/login/'
        ? { body: body.replace(/"next":"http:..[^/]+/, '"next":"http://inside:8000') }
        : {},
    )
    const { code, stdout } = await run('--url', url, ...account)
    assert.equal(code, 1, stdout)
    assert.match(stdout, /next leads to http:\/\/inside:8000\/.* does TRUSTED_PROXIES name the proxy\?/)
  })

  it('compares a deployment with the contract in a file if --contract names one', async () => {
    const contract = await readFile(join(import.meta.dirname, '../../openapi.yaml'), 'utf8')
    const file = join(service.dataDir, 'contract.yaml')
    await writeFile(file, contract.replace('required: [id, email,', 'required: [id, nickname, email,'))
    const { code, stdout } = await run('--url', service.url, ...account, '--contract', file)
    assert.equal(code, 1)
    assert.match(stdout, /DIFFERS +getMe[\s\S]*must have required property 'nickname'/)
    assert.equal((await run('--url', service.url, ...account, '--contract', join(file, 'none'))).code, 1)
  })

  it('reports why it cannot test a deployment', async () => {
    const other = await serve((_, answer) => answer.end('<html>'))
    const otherJson = await serve((_, answer) => answer.end('{"openapi":"3.1.0","paths":{}}'))
    const [, , email = ''] = account
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
  })

  it('exits with 0 for --help, and with 1 if it cannot test', async () => {
    const help = await runScript(service.dataDir, {}, 'scripts/contractTest.ts', '--help')
    assert.equal(help.code, 0)
    assert.match(help.stdout, /^npm run contract:test -- --url URL/)
    const refused = await runScript(service.dataDir, {}, 'scripts/contractTest.ts', '--no-such')
    assert.deepEqual(refused, { code: 1, stdout: '', stderr: "Unknown option '--no-such'. Try --help.\n" })
  })
})

/** Returns the lines of an operation in the output, or '' if it has another verdict. */
function sectionOf(operationId: string, stdout: string, verdict = 'DIFFERS'): string {
  return new RegExp(`^${verdict} +${operationId}:.*\\n(?: .*\\n)*`, 'm').exec(stdout)?.[0] ?? ''
}

/** Asserts that tags are closed in order, and that the text between them is escaped. */
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
