import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { parse } from 'yaml'
import { assertSettings, longestStop, readDeployFile } from '../support/deployFiles.ts'
import { OwnServer } from '../support/ownServer.ts'
import { skip } from '../support/skip.ts'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

type ComposeService = {
  environment?: Record<string, string>
  ports?: string[]
  read_only?: boolean
  secrets?: string[]
  stop_grace_period?: string
}
type Compose = {
  services: Record<string, ComposeService>
  secrets: Record<string, { file: string }>
  configs: { create_roles: { content: string } }
}
describe('deploy/compose.yaml', () => {
  const compose = parse(readDeployFile('compose.yaml')) as Compose
  const { database, migration, gatehouse } = compose.services
  assert.ok(database && migration && gatehouse)

  it('satisfies the schema of the Compose specification', async () => {
    const dclint = join(root, 'node_modules/dclint/bin/dclint.cjs')
    const { stdout } = await run(process.execPath, [dclint, '--quiet', 'deploy/compose.yaml'], { cwd: root })
    assert.equal(stdout.trim(), '')
  })

  it('names only settings and secrets that exist', () => {
    for (const service of [migration, gatehouse]) {
      const { environment = {}, secrets = [] } = service
      assertSettings(Object.keys(environment))
      const files = Object.entries(environment).filter(([name]) => name.endsWith('_FILE'))
      assert.deepEqual(files.map(([, path]) => basename(path)).sort(), [...secrets].sort())
      assert.ok(secrets.every((name) => compose.secrets[name]?.file === `secrets/${name}`))
    }
  })

  it('publishes ports only on 127.0.0.1, and no port of the database', () => {
    const ports = Object.values(compose.services).flatMap(({ ports: own = [] }) => own)
    assert.ok(ports.length > 0 && ports.every((port) => port.startsWith('127.0.0.1:')))
    assert.equal(database.ports, undefined)
  })

  it('runs the service on a read-only file system, and waits until it has stopped', () => {
    assert.ok(gatehouse.read_only && migration.read_only)
    assert.ok(parseInt(gatehouse.stop_grace_period ?? '', 10) > longestStop)
  })

  it('creates roles that can sign in with the secrets', async function () {
    const server = await OwnServer.start()
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-compose-'))
    try {
      await run('psql', ['--version']).catch(() => skip(this, 'psql is not installed'))
      await server.query(`create role postgres superuser login password 'pw'`)
      for (const name of ['owner', 'service']) await writeFile(join(folder, `${name}_password`), `${name}+/'=\n`)
      const script = compose.configs.create_roles.content.replaceAll('$$', '$').replaceAll('/run/secrets', folder)
      const env = { PATH: process.env['PATH'], PGHOST: '127.0.0.1', PGPORT: String(server.port), PGPASSWORD: 'pw' }
      await run('bash', ['-euc', script], { env })
      for (const name of ['owner', 'service']) {
        const login = { user: `gatehouse_${name}`, password: `${name}+/'=`, database: 'gatehouse' }
        const client = new pg.Client({ host: '127.0.0.1', port: server.port, ...login })
        await client.connect()
        await client.end()
      }
    } finally {
      await server.stop()
      await rm(folder, { recursive: true })
    }
  })
})
