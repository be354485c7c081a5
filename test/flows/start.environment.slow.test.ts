import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { skip } from '../support/skip.ts'
import { StartRoom } from '../support/start.ts'

const secrets = {
  SECRET_KEY: 'the secret key of the environment, long enough',
  EMAIL_HOST_PASSWORD: 'the password of the mail account',
  DJANGO_SUPERUSER_PASSWORD: 'the password of a superuser',
  AWS_SECRET_ACCESS_KEY: 'a secret of another program',
}

/** Returns the command line and the environment of each child process. */
async function childrenOf(parent: number | undefined): Promise<{ command: string; environment: string[] }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const read = (pid: string, file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '') // the process has ended
  const children = await Promise.all(
    pids.map(async (pid) => {
      const [, ppid] = /^PPid:\s*(\d+)$/m.exec(await read(pid, 'status')) ?? []
      if (Number(ppid) !== parent) return []
      const lines = async (file: string) => (await read(pid, file)).split('\0').filter((line) => line !== '')
      return [{ command: (await lines('cmdline')).join(' '), environment: await lines('environ') }]
    }),
  )
  return children.flat()
}

describe('the environments of the service’s child processes (security 112)', function () {
  this.timeout(90_000)
  const room = new StartRoom()
  before(function () {
    if (!existsSync('/proc/self/environ')) skip(this, 'there is no /proc here')
  })

  const namesOf = (environment: string[]) => environment.map((line) => line.split('=')[0] ?? '').sort()
  const assertNoSecrets = (environment: string[], ...more: string[]) => {
    for (const secret of [...Object.values(secrets), ...more])
      assert.ok(!environment.some((line) => line.includes(secret)), `the environment contains ${secret}`)
  }

  it('contain no secrets if they hash passwords', async () => {
    const service = room.startOnDatabase(secrets)
    await service.url()
    const children = await childrenOf(service.pid)
    const [hashing, ...others] = children.filter(({ command }) => command.includes('passwords/child'))
    assert.ok(hashing)
    assert.deepEqual(others, [])
    assertNoSecrets(hashing.environment, room.databaseUrl)
    const allowed = ['NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE', 'NODE_COMPILE_CACHE', 'NODE_V8_COVERAGE']
    const names = namesOf(hashing.environment).filter((name) => !allowed.includes(name))
    assert.deepEqual(names, ['PATH', 'UV_THREADPOOL_SIZE'])
  })

  it('contain no secrets if they run the embedded database', async () => {
    const service = room.start(secrets)
    await service.url()
    const children = await childrenOf(service.pid)
    assert.ok(children.some(({ command }) => /\bpostgres\b.* -D /.test(command)))
    assert.ok(children.length >= 2)
    for (const { environment } of children) assertNoSecrets(environment)
    service.kill('SIGTERM')
    assert.equal(await service.ended, 0)
  })
})
