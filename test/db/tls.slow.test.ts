import assert from 'node:assert/strict'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { explainConnectionError } from '../../src/db/connectDatabase.ts'
import { createDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { OwnServer } from '../support/ownServer.ts'
import { TestService } from '../support/service.ts'
import { skip } from '../support/skip.ts'
import { makeCertificates, type Certificates } from './support/certificates.ts'

describe('the service with a database that supports TLS (security 115)', function () {
  this.timeout(120_000)
  let certificates: Certificates
  let server: OwnServer
  let renamed: OwnServer
  const tlsOf = (name: string) => ({
    parameters: {
      ssl: 'on',
      ssl_cert_file: `../${name}.pem`,
      ssl_key_file: `../${name}.key`,
      ssl_ca_file: '../ca.pem',
    },
    files: ['ca.pem', `${name}.pem`, `${name}.key`].map((file) => certificates.path(file)),
  })

  before(async function () {
    certificates = makeCertificates() ?? skip(this, 'openssl is not installed')
    const withCertificate = 'hostssl certified all 127.0.0.1/32 cert'
    const withTls = 'hostnossl encrypted all 127.0.0.1/32 reject'
    server = await OwnServer.start({ ...tlsOf('server'), access: [withCertificate, withTls] })
    renamed = await OwnServer.start({ ...tlsOf('renamed'), access: [withTls] })
    for (const name of ['certified', 'encrypted', 'service']) await server.query(`create database ${name}`)
    await renamed.query('create database encrypted')
  })
  after(async () => {
    for (const each of [server, renamed] as (OwnServer | undefined)[]) await each?.stop()
    await rm(certificates.folder, { recursive: true, force: true })
  })

  const connections = (database: string) =>
    server.query<{ name: string; ssl: boolean }>(
      `select distinct application_name as name, ssl from pg_stat_activity join pg_stat_ssl using (pid)
       where datname = '${database}' and application_name like 'gatehouse%' order by 1`,
    )

  it('encrypts every connection of the requests, the worker and the limits', async () => {
    const url = server.url('service', { sslrootcert: certificates.path('ca.pem') })
    const service = await TestService.start({ DATABASE_URL: url, RATE_LIMITS: 'on' })
    try {
      await service.activeUser()
      assert.deepEqual(await connections('service'), [
        { name: 'gatehouse', ssl: true },
        { name: 'gatehouse-jobs', ssl: true },
        { name: 'gatehouse-limits', ssl: true },
      ])
    } finally {
      await service.stop()
    }
  })

  it('connects without TLS only if nothing in the URL requests it', async () => {
    const db = createDatabase({ preparedStatements: true, onError: () => undefined })
    await db.open(server.url('service'))
    assert.deepEqual(await connections('service'), [{ name: 'gatehouse', ssl: false }])
    await db.close()
  })

  type Parameters = Record<string, string>
  const ca = () => certificates.path('ca.pem')
  const other = () => certificates.path('other.pem')
  const certificate = () => ({ sslcert: certificates.path('client.pem'), sslkey: certificates.path('client.key') })

  const accepted: [what: string, which: () => OwnServer, parameters: () => Parameters, database?: string][] = [
    ['sslmode=require, without an authority', () => renamed, () => ({ sslmode: 'require' })],
    ['sslmode=no-verify', () => renamed, () => ({ sslmode: 'no-verify' })],
    ['ssl=no-verify', () => renamed, () => ({ ssl: 'no-verify' })],
    ['sslmode=verify-ca, for any host name', () => renamed, () => ({ sslmode: 'verify-ca', sslrootcert: ca() })],
    ['sslmode=require with an authority', () => renamed, () => ({ sslmode: 'require', sslrootcert: ca() })],
    ['sslmode=verify-full', () => server, () => ({ sslmode: 'verify-full', sslrootcert: ca() })],
    ['an authority alone', () => server, () => ({ sslrootcert: ca() })],
    ['a client certificate', () => server, () => ({ sslrootcert: ca(), ...certificate() }), 'certified'],
  ]
  for (const [what, which, parameters, database = 'encrypted'] of accepted) {
    // Both databases refuse connections without TLS, so this covers every connection that a migration opens.
    it(`connects with ${what}`, async () => {
      await migrate(which().url(database, parameters()))
      await which().query('select from users', database)
    })
  }

  const refused: [
    what: string,
    which: () => OwnServer,
    parameters: () => Parameters,
    sentence: RegExp,
    database?: string,
  ][] = [
    [
      'sslmode=verify-full and another authority than the certificate’s',
      () => server,
      () => ({ sslmode: 'verify-full', sslrootcert: other() }),
      /has a certificate that cannot be verified \(.+\): name the authority .* sslrootcert\.$/,
    ],
    [
      'sslmode=require and another authority than the certificate’s',
      () => server,
      () => ({ sslmode: 'require', sslrootcert: other() }),
      /cannot be verified/,
    ],
    ['sslmode=verify-full and no authority', () => server, () => ({ sslmode: 'verify-full' }), /cannot be verified/],
    ['ssl=true and no authority', () => server, () => ({ ssl: 'true' }), /cannot be verified/],
    [
      'a certificate for another host',
      () => renamed,
      () => ({ sslrootcert: ca() }),
      /has a certificate for another name: /,
    ],
    [
      'a server that requires TLS and a URL without TLS',
      () => server,
      () => ({}),
      /wants TLS \(.*no encryption\): add sslmode=verify-full/,
      'encrypted',
    ],
  ]
  for (const [what, which, parameters, sentence, database = 'postgres'] of refused) {
    it(`does not start with ${what}, and says why in one sentence`, async () => {
      const url = which().url(database, parameters())
      const error: unknown = await migrate(url).catch((thrown: unknown) => thrown)
      assert.throws(() => explainConnectionError(error, url), { name: 'Error', message: sentence })
    })
  }

  it('does not start if the server offers no TLS', async () => {
    const silent = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.write('N'))
    }).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const url = `postgres://gh:pw@127.0.0.1:${(silent.address() as AddressInfo).port}/d?sslmode=require`
    const error: unknown = await migrate(url).catch((thrown: unknown) => thrown)
    silent.close()
    assert.throws(() => explainConnectionError(error, url), {
      message: /does not offer TLS, and DATABASE_URL demands it: /,
    })
  })
})
