import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
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

  it('runs from any folder, through a link, with the Node that was installed with it', async () => {
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

  it('has help on every level, and none of it needs settings', async () => {
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

  it('refuses an unknown command in one sentence', async () => {
    const refusal = { code: 1, stdout: '', stderr: "Unknown command 'serve'. Try --help.\n" }
    assert.deepEqual(await gatehouse(folder, {}, 'serve'), refusal)
  })

  it('reads .env in the working directory, and prints what is wrong there', async () => {
    const { code, stderr } = await gatehouse(folder, { DATABASE_URL: 'mysql://x' }, 'migrate')
    assert.equal(code, 1)
    assert.match(stderr, /DATABASE_URL/)
  })
})
