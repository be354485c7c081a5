import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { loadConfig } from '../../src/config/config.ts'
import { describeDatabase, readDatabaseUrl, type Connection } from '../../src/config/databaseUrl.ts'
import { clientConfig } from '../../src/db/clientConfig.ts'
import { makeCertificates, type Certificates } from '../db/support/certificates.ts'
import { skip } from '../support/skip.ts'

const plain = {
  servers: [{ host: 'h', port: 5432 }],
  ...{ user: undefined, password: undefined, database: undefined },
  ...{ applicationName: 'gatehouse', options: undefined, connectTimeout: undefined },
}
const pair = (host: string, port: number, other: string, otherPort: number): Connection['servers'] => [
  { host, port },
  { host: other, port: otherPort },
]
const refusal = (url: string) => {
  let message = ''
  assert.throws(
    () => loadConfig({ DATABASE_URL: url }),
    (error: Error) => {
      message = error.message
      return message.includes('DATABASE_URL must ')
    },
    url,
  )
  return message
}

describe('DATABASE_URL (security 115)', () => {
  const urls: [url: string, expected: Partial<Connection>][] = [
    ['postgres://h', {}],
    ['postgresql://h/', {}],
    ['POSTGRES://u:p@h:1/d', { servers: [{ host: 'h', port: 1 }], user: 'u', password: 'p', database: 'd' }],
    ['postgres://u@h:/d', { user: 'u', database: 'd' }],
    ['postgres://u:p:q@h/d', { user: 'u', password: 'p:q', database: 'd' }],
    ['postgres://a%40b:%2F%3A%23%25%20%3F@h/a%2Fb', { user: 'a@b', password: '/:#% ?', database: 'a/b' }],
    ['postgres://u:p@q@h/d', { user: 'u', password: 'p@q', database: 'd' }],
    ['postgres://u:[1]@h/d', { user: 'u', password: '[1]', database: 'd' }],
    ['postgres://[::1]:6543/d', { servers: [{ host: '::1', port: 6543 }], database: 'd' }],
    ['postgres://%3A%3A1:6543/d', { servers: [{ host: '::1', port: 6543 }], database: 'd' }],
    ['postgres://127.0.0.1/d', { servers: [{ host: '127.0.0.1', port: 5432 }], database: 'd' }],
    ['postgres://база.рф/d', { servers: [{ host: 'база.рф', port: 5432 }], database: 'd' }],
    [
      'postgres://%2Fvar%2Frun%2Fpostgresql:1/d',
      { servers: [{ host: '/var/run/postgresql', port: 1 }], database: 'd' },
    ],
    [
      'postgres://u:p@/d?host=/run/x&port=15432',
      { servers: [{ host: '/run/x', port: 15432 }], user: 'u', password: 'p', database: 'd' },
    ],
    ['postgres:///d?host=%2Frun%2Fx', { servers: [{ host: '/run/x', port: 5432 }], database: 'd' }],
    ['postgres://localhost:1/d?host=/run/x&port=2', { servers: [{ host: '/run/x', port: 2 }], database: 'd' }],
    ['postgres://h/d?host=', { database: 'd' }],
    [
      'postgres://h1:1,[::1]:2,h3/d?target_session_attrs=primary',
      { servers: [...pair('h1', 1, '::1', 2), { host: 'h3', port: 5432 }], database: 'd' },
    ],
    ['postgres:///d?host=h1,h2', { servers: pair('h1', 5432, 'h2', 5432), database: 'd' }],
    ['postgres://h1,h2:2/d', { servers: pair('h1', 5432, 'h2', 2), database: 'd' }],
    ['postgres://h1%2Ch2:7/d', { servers: pair('h1', 7, 'h2', 7), database: 'd' }],
    ['postgres:///d?host=h1,h2&port=7', { servers: pair('h1', 7, 'h2', 7), database: 'd' }],
    ['postgres://a:b@h/c?user=u&password=p%2B+&dbname=d', { user: 'u', password: 'p++', database: 'd' }],
    ['postgres://h?application_name=my%20app', { applicationName: 'my app' }],
    ['postgres://h?options=-c%20search_path%3Dx', { options: '-c search_path=x' }],
    ['postgres://h?connect_timeout=7', { connectTimeout: 7000 }],
    ['postgres://h?connect_timeout=0', {}],
    ['postgres://h?target_session_attrs=read-write&client_encoding=UTF8&gssencmode=prefer', {}],
    ['postgres://h?channel_binding=prefer&sslnegotiation=postgres&uselibpqcompat=true', {}],
  ]
  for (const [url, expected] of urls) {
    it(`reads ${url.length > 70 ? `${url.slice(0, 70)}…` : url}`, () => {
      const { tls, ...connection } = readDatabaseUrl(url)
      assert.deepEqual(connection, { ...plain, ...expected })
      assert.equal(tls.options, false)
    })
  }

  it('reads an empty host as the local Unix socket', () => {
    for (const url of ['postgres:///d', 'postgres://u:p@/d', 'postgres://:1/d'])
      assert.match(readDatabaseUrl(url).servers[0].host, /^\/(var\/run\/postgresql|tmp)$/)
  })

  const refused: [url: string, sentence: RegExp][] = [
    ['postgres://h1:1,h2:2,h3:3/d?port=1,2', /must have one port for each of its hosts, or one for all/],
    ['postgres:///d?host=h1,/run/x', /must have names or IP addresses as its hosts, if it has several/],
    ['postgres://h1,/d', /must have names or IP addresses as its hosts, if it has several/],
    ['postgres://a,b,c,d,e,f,g,h,i,j,k/d', /must have at most 10 hosts/],
    ['postgres://h1,a b/d', /must be a URL/],
    [
      'postgres://h/d?target_session_attrs=standby',
      /must have any or read-write or primary as its target_session_attrs/,
    ],
    ['postgres://h/d?sslmode=prefer', /must have another sslmode: prefer may connect in clear text/],
    ['postgres://h/d?sslmode=allow', /must have another sslmode: allow may connect in clear text/],
    ['postgres://h/d?sslmode=on', /must have one of disable, require, verify-ca, verify-full as its sslmode/],
    ['postgres://h/d?ssl=yes', /must have .*true.* as its ssl, or none/],
    ['postgres://h/d?ssl=true&sslmode=require', /must have sslmode or ssl, not both/],
    ['postgres://h/d?sslmode=require&sslmode=disable', /must have each of its parameters once/],
    ['postgres://h/d?sslmode=disable&sslrootcert=/x', /must have an sslmode other than disable with its certificates/],
    ['postgres://h/d?sslmode=verify-ca', /must have an sslrootcert with sslmode=verify-ca/],
    ['postgres://h/d?sslmode=no-verify&sslrootcert=/x', /must have no sslrootcert with sslmode=no-verify/],
    ['postgres://h/d?sslmode=require&sslrootcert=system', /must have sslmode=verify-full with sslrootcert=system/],
    ['postgres://h/d?sslcert=/x', /must have sslcert and sslkey together/],
    ['postgres://h/d?sslkey=/x', /must have sslcert and sslkey together/],
    ['postgres://h/d?sslrootcert=/nowhere/ca.pem', /must have a usable file as its sslrootcert \(ENOENT\)/],
    ['postgres://h/d?sslnegotiation=direct', /must have postgres as its sslnegotiation, or none/],
    ['postgres://h/d?channel_binding=require', /must have disable or prefer as its channel_binding, or none/],
    ['postgres://h/d?gssencmode=require', /must have disable or prefer as its gssencmode, or none/],
    ['postgres://h/d?client_encoding=LATIN1', /as its client_encoding, or none/],
    ['postgres://h/d?hostaddr=127.0.0.1', /no parameter without effect: Gatehouse does not support hostaddr/],
    ['postgres://h/d?statement_timeout=1', /does not support statement_timeout/],
    ['postgres://h/d?pgbouncer=true', /does not support pgbouncer/],
    ['postgres://h/d?SSLMODE=require', /does not support one of them/],
    ['postgres://h/d?connect_timeout=soon', /must have a whole number of seconds as its connect_timeout/],
    ['postgres://h:0/d', /must be a URL/],
    ['postgres://h:65536/d', /must be a URL/],
    ['postgres://h/d/e', /must be a URL/],
    ['postgres://h/d#f', /must be a URL/],
    ['postgres://h/%00', /must be a URL/],
    ['postgres://a b/d', /must be a URL/],
    ['/run/postgresql gatehouse', /must be a URL/],
  ]
  for (const [url, sentence] of refused) {
    it(`refuses ${url}`, () => {
      assert.match(refusal(url), sentence)
    })
  }

  it('does not show the password in error messages', () => {
    const secrets = ['canary#', 'can/ary', 'canary?x=1', '1?canary', '1?canary=x', 'canary%', 'a,canary', 'canary@?']
    for (const secret of secrets) assert.doesNotMatch(refusal(`postgres://u:${secret}@h:0/d`), /canary|can\/ary/)
    assert.equal(describeDatabase('postgres://u:canary@[::1]/d'), 'u@[::1]:5432/d')
    assert.equal(describeDatabase('postgres://u:canary@h,[::1]:6/d'), 'u@h:5432,[::1]:6/d')
    assert.equal(describeDatabase('postgres://h/d?user=u&password=canary'), 'u@h:5432/d')
    assert.equal(describeDatabase('postgres://u:canary@/d?host=/run/x&port=1'), 'u@/run/x:1/d')
  })

  it('configures the pool for requests and the pool for jobs alike', () => {
    const url = 'postgres://u:p@h:1/d?application_name=a&options=-cx%3Dy&connect_timeout=9&sslmode=require'
    const { ssl, ...main } = clientConfig(url, { connectTimeout: 1 })
    const { ssl: sameTls, ...jobs } = clientConfig(url, { role: 'jobs', connectTimeout: 5, statementTimeout: 10 })
    assert.deepEqual([ssl, sameTls].map((tls) => typeof tls), ['object', 'object']) // prettier-ignore
    const shared = { ...{ host: 'h', port: 1, user: 'u', password: 'p', database: 'd' }, options: '-cx=y' }
    for (const [name, value] of Object.entries({ ...shared, connectionTimeoutMillis: 9000 })) {
      assert.equal(main[name as keyof typeof main], value)
      assert.equal(jobs[name as keyof typeof jobs], value)
    }
    assert.deepEqual([main.application_name, jobs.application_name], ['a', 'a-jobs'])
  })

  it('is built from the DB_* settings, whose special characters it escapes', () => {
    const parts = { DB_NAME: 'a/b', DB_USER: 'a@b', DB_PASSWORD: '@/:#% ?,', DB_HOST: '/run/x', DB_PORT: '5433' }
    const { config } = loadConfig(parts)
    const { tls, ...connection } = readDatabaseUrl(config.database ?? '')
    assert.deepEqual(connection, {
      ...plain,
      servers: [{ host: '/run/x', port: 5433 }],
      ...{ user: 'a@b', password: '@/:#% ?,', database: 'a/b' },
    })
    assert.equal(tls.options, false)
  })
})

describe('TLS in DATABASE_URL (security 115)', () => {
  let certificates: Certificates
  before(function () {
    certificates = makeCertificates() ?? skip(this, 'openssl is not installed')
  })
  after(() => rm(certificates.folder, { recursive: true, force: true }))

  const path = (name: string) => certificates.path(name)
  type Effect = 'unverified' | 'verified, any name' | 'verified'
  const effectOf = (query: string): Effect | undefined => {
    const { options } = readDatabaseUrl(`postgres://h/d?${query}`).tls
    if (options === false) return undefined
    if (options.rejectUnauthorized === false) return 'unverified'
    return options.checkServerIdentity ? 'verified, any name' : 'verified'
  }

  const effects: [query: () => string, effect: Effect | undefined][] = [
    [() => '', undefined],
    [() => 'sslmode=disable', undefined],
    [() => 'ssl=false', undefined],
    [() => 'ssl=0', undefined],
    [() => 'sslmode=require', 'unverified'],
    [() => 'sslmode=no-verify', 'unverified'],
    [() => 'ssl=no-verify', 'unverified'],
    [() => `sslmode=require&sslrootcert=${path('ca.pem')}`, 'verified, any name'],
    [() => `sslmode=verify-ca&sslrootcert=${path('ca.pem')}`, 'verified, any name'],
    [() => `sslmode=verify-full&sslrootcert=${path('ca.pem')}`, 'verified'],
    [() => 'sslmode=verify-full', 'verified'],
    [() => 'sslmode=verify-full&sslrootcert=system', 'verified'],
    [() => 'ssl=true', 'verified'],
    [() => 'ssl=1', 'verified'],
    [() => `sslrootcert=${path('ca.pem')}`, 'verified'],
    [() => 'sslrootcert=system', 'verified'],
    [() => `sslcert=${path('client.pem')}&sslkey=${path('client.key')}`, 'verified'],
    [() => `sslmode=require&sslcert=${path('client.pem')}&sslkey=${path('client.key')}`, 'unverified'],
    [() => `host=/run/x&sslmode=verify-full`, undefined],
  ]
  it('verifies the certificate as sslmode, ssl and sslrootcert require', () => {
    for (const [query, effect] of effects) assert.equal(effectOf(query()), effect, query())
  })

  it('verifies certificates even when NODE_TLS_REJECT_UNAUTHORIZED is 0', () => {
    const { options } = readDatabaseUrl('postgres://h/d?sslmode=verify-full').tls
    assert.equal(options && options.rejectUnauthorized, true)
  })

  it('causes an error if a named file is unusable', async () => {
    await writeFile(path('garbage.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
    const base = 'postgres://h/d?'
    for (const [query, sentence] of [
      [`sslrootcert=${path('garbage.pem')}`, /must have a usable file as its sslrootcert/],
      [`sslrootcert=${path('ca.key')}`, /must have a usable file as its sslrootcert/],
      [`sslrootcert=${certificates.folder}`, /as its sslrootcert \(EISDIR\)/],
      [
        `sslcert=${path('client.pem')}&sslkey=${path('server.key')}`,
        /must have usable certificates and a matching key/,
      ],
      [
        `sslcert=${path('client.pem')}&sslkey=${path('garbage.pem')}`,
        /must have usable certificates and a matching key/,
      ],
    ] as const)
      assert.match(refusal(`${base}${query}`), sentence)
  })

  it('does not expose the private key to logging', () => {
    const url = `postgres://h/d?sslcert=${path('client.pem')}&sslkey=${path('client.key')}`
    assert.doesNotMatch(JSON.stringify(clientConfig(url, { connectTimeout: 1 })), /PRIVATE KEY/)
  })
})
