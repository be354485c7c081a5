import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { execFile } from 'node:child_process'
import { query } from '../support/database.ts'
import { runGuideBlock } from '../support/operationsGuide.ts'
import { OwnServer } from '../support/ownServer.ts'
import { TestService } from '../support/service.ts'
import { skip } from '../support/skip.ts'

describe('the database roles in docs/operations.md', function () {
  this.timeout(120_000)
  const passwords = { OWNER_PASSWORD: `owner's "1"`, SERVICE_PASSWORD: `service's \\2` }
  let server: OwnServer
  let folder: string

  before(async () => {
    server = await OwnServer.start()
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-roles-'))
  })
  after(async () => {
    await server.stop()
    await rm(folder, { recursive: true })
  })

  const urlOf = (username: string, password: string) =>
    Object.assign(new URL(server.url('gatehouse')), { username, password }).href

  it('are created by a superuser; the service can only read and write (security 83)', async function () {
    await promisify(execFile)('psql', ['--version']).catch(() => skip(this, 'psql is not installed'))
    const PATH = `${join(import.meta.dirname, '../../node_modules/.bin')}:${process.env['PATH'] ?? ''}`
    const [ownerUrl, serviceUrl] = [
      urlOf('gatehouse_owner', passwords.OWNER_PASSWORD),
      urlOf('gatehouse_service', passwords.SERVICE_PASSWORD),
    ]
    const urls = { SUPERUSER_URL: server.url(), OWNER_URL: ownerUrl }
    const output = await runGuideBlock('roles', { PATH, HOME: folder, DATA_DIR: folder, ...passwords, ...urls })
    assert.match(output, /The service may run as gatehouse_service/)

    const service = await TestService.start({ DATABASE_URL: serviceUrl })
    try {
      await service.signedIn()
      await assert.rejects(query(serviceUrl, 'drop table users'), { code: '42501' })
      await assert.rejects(query(ownerUrl, 'create role another'), { code: '42501' })
    } finally {
      await service.stop()
    }
  })
})
