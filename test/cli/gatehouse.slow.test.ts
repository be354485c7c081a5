import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gatehouse, type Outcome } from '../support/command.ts'

const program = join(import.meta.dirname, '../../src/cli/gatehouse')

function runProgram(path: string, folder: string, ...args: string[]): Promise<Outcome> {
  const env = { PATH: '/usr/bin:/bin', DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }
  return new Promise((resolve) => {
    execFile(path, args, { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
    })
  })
}

describe('gatehouse', function () {
  this.timeout(60_000)
  let folder: string
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'gatehouse-cli-'))))
  after(() => rm(folder, { recursive: true }))

  it('runs through a symbolic link from any folder, with the Node that npm installed', async () => {
    const link = join(folder, 'gatehouse')
    await symlink(program, link)
    const { code, stdout } = await runProgram(link, folder, '--help')
    assert.equal(code, 0)
    for (const name of ['start', 'migrate', 'createsuperuser', 'users', 'keys'])
      assert.match(stdout, new RegExp(`^  ${name}\\b`, 'm'))
  })

  it('prints errors on standard error and exits with 1', async () => {
    const { code, stdout, stderr } = await runProgram(program, folder, 'keys', 'list')
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /^The database nobody@127\.0\.0\.1:1\/none does not answer .*\n$/)
  })

  it('requires no mail settings in production, and reads secrets from files', async () => {
    const secrets = {
      secret_key: 'a secret key that is long enough for production',
      url: 'postgres://a:b@127.0.0.1:1/c',
    }
    for (const [name, value] of Object.entries(secrets)) await writeFile(join(folder, name), `${value}\n`)
    const settings = {
      NODE_ENV: 'production',
      SECRET_KEY_FILE: join(folder, 'secret_key'),
      DATABASE_URL_FILE: join(folder, 'url'),
    }
    for (const command of [['keys', 'list'], ['users', 'list'], ['migrate']]) {
      const { code, stdout, stderr } = await gatehouse(folder, settings, ...command)
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(stderr, /^The database a@127\.0\.0\.1:1\/c does not answer .*\n$/)
    }
  })

  it('prints the help of every command and subcommand, even with invalid settings', async () => {
    for (const path of [
      [],
      ['start'],
      ['migrate'],
      ['createsuperuser'],
      ['users'],
      ...['list', 'suspend', 'activate', 'end-undo', 'sessions'].map((name) => ['users', name]),
      ['keys'],
      ...['list', 'rotate', 'retire'].map((name) => ['keys', name]),
    ]) {
      const { code, stdout, stderr } = await gatehouse(folder, { PORT: 'wrong' }, ...path, '--help')
      assert.deepEqual([code, stderr], [0, ''])
      assert.ok(stdout.startsWith(`Usage: ${['gatehouse', ...path].join(' ')} [options]`), stdout)
    }
  })

  it('refuses an unknown command with an error of one sentence', async () => {
    const refusal = { code: 1, stdout: '', stderr: "Unknown command 'serve'. Try --help.\n" }
    assert.deepEqual(await gatehouse(folder, {}, 'serve'), refusal)
  })

  it('reads .env in the working directory, and reports errors in it', async () => {
    const { code, stderr } = await gatehouse(folder, { DATABASE_URL: 'mysql://x' }, 'migrate')
    assert.equal(code, 1)
    assert.match(stderr, /DATABASE_URL/)
  })
})
