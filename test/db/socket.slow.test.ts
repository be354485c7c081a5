import assert from 'node:assert/strict'
import { chmod } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { explainConnectionError } from '../../src/db/connectDatabase.ts'
import { migrate } from '../../src/db/migrate.ts'
import { OwnServer } from '../support/ownServer.ts'
import { TestService } from '../support/service.ts'
import { skip } from '../support/skip.ts'

describe('the service with a database on a Unix socket', function () {
  this.timeout(120_000)
  let server: OwnServer
  before(async () => {
    server = await OwnServer.start()
  })
  after(() => (server as OwnServer | undefined)?.stop())

  const parts = () => ({
    ...{ DB_NAME: 'parts', DB_USER: 'gh', DB_PASSWORD: 'pw', DB_HOST: server.folder, DB_PORT: String(server.port) },
  })
  const ways: [what: string, settings: () => Record<string, string>][] = [
    ['DATABASE_URL', () => ({ DATABASE_URL: server.socketUrl('url') })],
    ['DB_*', () => ({ ...parts(), DATABASE_URL: '' })],
  ]
  for (const [what, settings] of ways) {
    it(`waits while the socket of ${what} is missing, and returns 503 in the meantime`, async () => {
      await server.query(`create database ${what === 'DB_*' ? 'parts' : 'url'}`)
      await server.pause()
      const service = await TestService.start(settings(), { waits: true })
      try {
        await sleep(500)
        assert.equal((await service.call('getReadiness')).status, 503)
        await server.resume()
        await service.service.ready
        assert.equal((await service.call('getReadiness')).status, 200)
        const { access } = await service.signedIn()
        await server.pause()
        assert.equal((await service.call('getMe', { token: access })).status, 503)
        await server.resume()
        assert.equal((await service.call('getMe', { token: access })).status, 200)
      } finally {
        await service.stop()
      }
    })
  }

  it('does not start if its user may not enter the folder of the socket', async function () {
    const { account } = server
    if (process.getuid?.() === 0 && process.seteuid === undefined) skip(this, 'no other user can be tried')
    await chmod(server.folder, 0o700)
    // Root may enter any folder, another user may not.
    if (account) process.seteuid?.(1)
    else await chmod(server.folder, 0o000)
    const url = server.socketUrl()
    const error: unknown = await migrate(url).catch((thrown: unknown) => thrown)
    if (account) process.seteuid?.(0)
    await chmod(server.folder, 0o755)
    assert.throws(() => explainConnectionError(error, url), {
      message: /cannot be reached by this user \(connect EACCES .*\): check the permissions of the socket/,
    })
  })
})
