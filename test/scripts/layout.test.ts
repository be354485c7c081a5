import assert from 'node:assert/strict'
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findCircles, importsOf, targetOf } from '../support/imports.ts'
import { operationRoutes } from '../support/operations.ts'

const root = join(import.meta.dirname, '../..')
const files = (...patterns: string[]) => globSync(patterns, { cwd: root }).sort()
const read = (file: string) => readFileSync(join(root, file), 'utf8')

const koa = /^(koa|koa-.*|@koa\/.*|openapi-backend|node:http)$/
const knowKoa = ['http', 'pages', 'shadow']

type Room = { name: string; may: string[]; types: string[] }

/** Reads the table of rooms in ARCHITECTURE.md: each room, and what it may import, as a whole or only its types. */
function readRooms(): Room[] {
  const rows = read('ARCHITECTURE.md').matchAll(/^\| `([\w/]+)` +\| (.*?) +\|$/gm)
  const rooms = [...rows].map(([, name = '', cell = '']) => ({ name, cell }))
  const subRooms = rooms.flatMap(({ name }) => (name.startsWith('domain/') ? [name] : []))
  return rooms.map(({ name, cell }) => {
    const types = [...cell.matchAll(/types of `([\w/]+)`/g)].map(([, room = '']) => room)
    const named = [...cell.matchAll(/(types of )?`([\w/]+)`( and its sub-rooms)?/g)]
    const may = named.flatMap(([, prefix, room = '', suffix]) => {
      if (prefix) return []
      return suffix ? [room, ...subRooms] : [room]
    })
    return { name, may, types }
  })
}

const rooms = readRooms()

/** Returns the path of a file without its extension, and the most specific room of the table that contains it. */
function locate(file: string): { path: string; room: string | undefined } {
  const path = file.replace(/^src\//, '').replace(/\.ts$/, '')
  const names = rooms.map(({ name }) => name).filter((name) => path === name || path.startsWith(`${name}/`))
  return { path, room: names.sort((a, b) => b.length - a.length)[0] }
}

function breaches(file: string, source = read(file)): string[] {
  const { room: name } = locate(file)
  const room = rooms.find((candidate) => candidate.name === name)
  if (!room) return []
  return importsOf(source).flatMap(({ specifier, typesOnly }) => {
    if (!specifier.startsWith('.'))
      return koa.test(specifier) && !knowKoa.includes(room.name) ? [`${file} imports ${specifier}`] : []
    const to = locate(targetOf(file, specifier))
    const isAmong = (names: string[]) => names.some((known) => known === to.room || known === to.path)
    const allowed = to.room === room.name || isAmong(room.may) || (typesOnly && isAmong(room.types))
    return allowed ? [] : [`${file} imports ${typesOnly ? 'types of ' : ''}${to.path}`]
  })
}

describe('the layout of the repository', () => {
  it('has an entry in ARCHITECTURE.md for every folder of src/, and no other entry', () => {
    const folders = new Set(files('src/**/*.ts').map((file) => dirname(file).replace(/^src\/?/, '')))
    const withoutRoom = [...folders].filter(
      (folder) => folder !== '' && locate(`src/${folder}/x.ts`).room === undefined,
    )
    assert.deepEqual(withoutRoom, [])
    const subRooms = [...folders].flatMap((folder) => /^domain\/[^/]+/.exec(folder) ?? [])
    assert.deepEqual(
      subRooms.filter((folder) => !rooms.some(({ name }) => name === folder)),
      [],
    )
    const all = files('src/**/*.ts', 'generated/*.ts').map((file) => locate(file).room)
    assert.deepEqual(
      rooms.filter(({ name }) => !all.includes(name)),
      [],
    )
  })

  it('has no import that ARCHITECTURE.md does not allow', () => {
    const all = files('src/**/*.ts', 'generated/*.ts')
    assert.ok(all.length > 150)
    assert.deepEqual(
      all.flatMap((file) => breaches(file)),
      [],
    )
  })

  it('has an import for every permission that ARCHITECTURE.md gives', () => {
    const used = new Set(
      files('src/**/*.ts', 'generated/*.ts').flatMap((file) =>
        importsOf(read(file)).map(({ specifier }) => {
          const to = locate(targetOf(file, specifier))
          return `${locate(file).room ?? ''} ${to.room ?? to.path}`
        }),
      ),
    )
    const listed = rooms
      .filter(({ name }) => name !== 'operations' && name !== 'cli')
      .flatMap(({ name, may, types }) =>
        [...may, ...types].map((room) => `${name} ${locate(`src/${room}.ts`).room ?? room}`),
      )
    assert.deepEqual(
      listed.filter((pair) => !used.has(pair)),
      [],
    )
  })

  it('is checked for forbidden imports in every syntax', () => {
    const ways: [file: string, source: string][] = [
      ['src/domain/x.ts', "import { a } from '../http/mount.ts'"],
      ['src/domain/x.ts', "import type { a } from '../http/mount.ts'"],
      ['src/domain/x.ts', "import {\n  a,\n  type b,\n} from '../operations/index.ts'"],
      ['src/domain/x.ts', "import '../app.ts'"],
      ['src/domain/x.ts', "export { a } from '../http/mount.ts'"],
      ['src/domain/x.ts', "export * from '../http/mount.ts'"],
      ['src/domain/x.ts', "import { a } from './accounts/users.ts'"],
      ['src/domain/keys/x.ts', "const a = await import('../../http/mount.ts')"],
      ['src/domain/limits/x.ts', "import { a } from '../sessions/signIn.ts'"],
      ['src/domain/x.ts', "type A = typeof import('../pages/index.ts')"],
      ['src/domain/x.ts', "import type { Context } from 'koa'"],
      ['src/operations/x.ts', "import Router from '@koa/router'"],
      ['src/operations/x.ts', "import { a } from '../http/handlerTypes.ts'"],
      ['src/operations/x.ts', "import type { a } from '../http/mount.ts'"],
      ['src/operations/x.ts', "import { createDatabase, type Database } from '../db/database.ts'"],
      ['src/http/x.ts', "import { a } from '../domain/mails/codes.ts'"],
      ['src/http/x.ts', "import { a } from '../service.ts'"],
      ['src/config/x.ts', "import { a } from '../log.ts'"],
      ['src/problems.ts', "import { a } from './log.ts'"],
      ['generated/queries.ts', "import { a } from '../src/db/database.ts'"],
    ]
    for (const [file, source] of ways) assert.equal(breaches(file, source).length, 1, source)
    assert.deepEqual(breaches('src/operations/x.ts', "import { type a, type b } from '../db/database.ts'"), [])
    assert.deepEqual(breaches('src/service.ts', "import { a } from './http/mount.ts'"), [])
  })

  it('has no two files that import each other, directly or through others', () => {
    const sources = new Map(files('{src,scripts,test,generated}/**/*.ts').map((file) => [file, read(file)]))
    assert.deepEqual(findCircles(sources), [])
    const circle = new Map([
      ['a/one.ts', "import type { two } from '../b/two.ts'"],
      ['b/two.ts', "import { three } from './three.ts'"],
      ['b/three.ts', "export * from '../a/one.ts'"],
      ['b/four.ts', "import './three.ts'"],
    ])
    assert.deepEqual(findCircles(circle), [['a/one.ts', 'b/two.ts', 'b/three.ts']])
  })

  it('mirrors src/ and scripts/ in test/, and has support/, flows/ and django/', () => {
    const folders = readdirSync(join(root, 'test'), { withFileTypes: true })
    const known = [
      'support',
      'flows',
      'django',
      'scripts',
      ...new Set(rooms.map(({ name }) => name.split('/')[0] ?? '')),
    ]
    assert.deepEqual(
      folders.filter((entry) => !entry.isDirectory() || !known.includes(entry.name)).map(({ name }) => name),
      [],
    )
  })

  it('has one handler file and at least one test file for each operation', () => {
    const ids = Object.keys(operationRoutes).sort()
    const handlers = files('src/operations/*.ts').map((file) => file.slice('src/operations/'.length, -'.ts'.length))
    const own = ['context', 'index', 'refreshCookie', 'views']
    assert.deepEqual(
      handlers.filter((name) => !own.includes(name)),
      ids,
    )
    // Further files of an operation have their subject in the name: registerUser.email.test.ts.
    const tests = files('test/operations/*.test.ts').map((file) => file.slice('test/operations/'.length))
    const main = tests.filter((file) => /^\w+\.test\.ts$/.test(file)).map((file) => file.slice(0, -'.test.ts'.length))
    assert.deepEqual(main, ids)
    assert.deepEqual(
      tests.filter((file) => !ids.includes(file.split('.')[0] ?? '')),
      [],
    )
  })

  it('has handlers of at most 40 lines, exported under the name of their operation', () => {
    for (const id of Object.keys(operationRoutes)) {
      const source = read(`src/operations/${id}.ts`)
      const [handler] = new RegExp(`^export (?:async )?function ${id}\\([\\s\\S]*?^}$`, 'm').exec(source) ?? []
      assert.ok(handler, `${id} is not there as an annotated function`)
      assert.ok(handler.split('\n').length <= 40, `${id} has ${handler.split('\n').length} lines`)
    }
  })

  it('has files of at most 150 lines, unless they state a reason', () => {
    const long = files('src/**/*.{ts,tsx}', 'scripts/**/*.ts').filter((file) => {
      const source = read(file)
      return source.trimEnd().split('\n').length > 150 && !/^\/\/ Longer than 150 lines: \S/m.test(source)
    })
    assert.deepEqual(long, [])
  })

  it('has SQL only in sql/, migrations, imports, exports and the embedded server', () => {
    const words = 'select|insert|update|delete|create|alter|drop|with|lock|set|show|grant|revoke|truncate|listen|begin'
    const statement = new RegExp(`['"\`]\\s*(${words}|${words.toUpperCase()})\\s[^'"\`]`)
    const offenders = files('src/**/*.ts').filter((file) =>
      statement.test(read(file).replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')),
    )
    // connectionErrors.ts shows SQL commands to the operator. Imports and exports use tables of another schema.
    const reasons = offenders.filter(
      (file) => !/^src\/(db\/(migrate|connectionErrors)|embedded\/|import\/|export\/)/.test(file),
    )
    assert.deepEqual(reasons, [])
    assert.ok(offenders.includes('src/db/migrate.ts'))
  })

  it('runs every test file by exactly one npm command', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const commands = ['test', 'test:slow', 'test:browser', 'test:image'].map((name) => scripts[name]).join(' ')
    const patterns = [...commands.matchAll(/'(test\/[^']+)'/g)].map(([, one]) => one)
    const run = patterns.flatMap((pattern) => files(pattern ?? ''))
    assert.deepEqual(run.toSorted(), files('test/**/*.test.ts').toSorted())
    const stray = files('{src,scripts,sql,generated}/**/*.test.ts', '*.test.ts')
    assert.deepEqual(stray, [])
  })

  it('has no to-do comments and exclusive tests, and a reason for every suppression', () => {
    const rules: [what: string, pattern: RegExp, files: string[]][] = [
      [
        'a note',
        new RegExp('\\b(TO' + 'DO|FIX' + 'ME|XX' + 'X)\\b'),
        files('{src,scripts,test,sql}/**/*.{ts,sql,js,css}', '*.{js,yaml}'),
      ],
      [
        '.only',
        /\b(describe|it|context)\.only\b/,
        files('test/**/*.ts').filter((file) => file !== 'test/scripts/layout.test.ts'),
      ],
      [
        'a suppression without a reason',
        /eslint-disable(?!.* -- \S)|@ts-(expect-error|ignore|nocheck)\s*$/m,
        files('{src,scripts}/**/*.ts'),
      ],
    ]
    for (const [what, pattern, among] of rules) {
      assert.deepEqual(
        among.filter((file) => pattern.test(read(file))),
        [],
        what,
      )
    }
  })
})
