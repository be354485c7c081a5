import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { operationRoutes } from './support/routes.ts'

const root = join(import.meta.dirname, '..')
const files = (...patterns: string[]) => globSync(patterns, { cwd: root }).sort()
const read = (file: string) => readFileSync(join(root, file), 'utf8')

type Import = { from: string; typesOnly: boolean }
type Room = { may: string[]; types?: string[]; never?: RegExp }

const koa = /^(koa|koa-.*|@koa\/.*|openapi-backend|node:http)$/

// Who may import whom: a room, or one file of it. `types` may be imported by `import type` only.
const rooms: Record<string, Room> = {
  problems: { may: [], never: /./ },
  ipAddress: { may: [], never: koa },
  config: { may: [] },
  generated: { may: ['db/row'] },
  db: { may: ['problems', 'config', 'generated'], never: koa },
  domain: { may: ['generated', 'db', 'problems', 'ipAddress'], never: koa },
  operations: { may: ['domain', 'problems', 'generated'], types: ['http/contract', 'config', 'db'], never: koa },
  http: { may: ['problems', 'generated', 'ipAddress'] },
  jobs: { may: ['db', 'generated', 'config', 'problems'], never: koa },
  mail: {
    may: ['domain', 'db', 'generated', 'config', 'problems', 'jobs/describeFailure'],
    types: ['jobs'],
    never: koa,
  },
  pages: { may: ['http', 'problems'] },
}

/** Every import, re-export and dynamic import of a module. */
function importsOf(source: string): Import[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const statements = code.matchAll(/^(?:import|export)\s+(type\s)?([\w\s{},*$]*?)(?:\sfrom\s*)?['"]([^'"]+)['"]/gm)
  const dynamic = code.matchAll(/(typeof\s+)?\bimport\(\s*['"]([^'"]+)['"]/g)
  return [
    ...[...statements].map(([, type, names = '', from = '']) => ({
      from,
      typesOnly: Boolean(type) || allTypes(names),
    })),
    ...[...dynamic].map(([, type, from = '']) => ({ from, typesOnly: Boolean(type) })),
  ]
}

function allTypes(names: string): boolean {
  const [, list] = /^\s*\{([\s\S]*)\}\s*$/.exec(names) ?? []
  const parts = list?.split(',').filter((part) => part.trim() !== '') ?? []
  return parts.length > 0 && parts.every((part) => /^\s*type\s/.test(part))
}

/** Where a file lives: its room, and its place under src without the extension; root files have no room. */
function placeOf(file: string): { room: string; place: string } {
  const place = file.replace(/^src\//, '').replace(/\.ts$/, '')
  const [room = ''] = place.split('/')
  return { room: room in rooms ? room : '', place }
}

function breaches(file: string, source = read(file)): string[] {
  const { room } = placeOf(file)
  const rule = rooms[room]
  if (!rule) return []
  return importsOf(source).flatMap(({ from, typesOnly }) => {
    if (!from.startsWith('.')) return rule.never?.test(from) ? [`${file} imports ${from}`] : []
    const to = placeOf(normalize(join(dirname(file), from)))
    const within = (names: string[]) => names.some((name) => name === to.room || name === to.place)
    const allowed = to.room === room || within(rule.may) || (typesOnly && within(rule.types ?? []))
    return allowed ? [] : [`${file} imports ${typesOnly ? 'types of ' : ''}${to.place}`]
  })
}

describe('layout', () => {
  it('rooms import only what design.md lets them', () => {
    const all = files('src/**/*.ts', 'generated/*.ts')
    assert.ok(all.length > 60)
    assert.deepEqual(
      all.flatMap((file) => breaches(file)),
      [],
    )
  })

  it('finds a breach in every way to import', () => {
    const ways: [file: string, source: string][] = [
      ['src/domain/x.ts', "import { a } from '../http/mount.ts'"],
      ['src/domain/x.ts', "import type { a } from '../http/mount.ts'"],
      ['src/domain/x.ts', "import {\n  a,\n  type b,\n} from '../operations/index.ts'"],
      ['src/domain/x.ts', "import '../app.ts'"],
      ['src/domain/x.ts', "export { a } from '../http/mount.ts'"],
      ['src/domain/x.ts', "export * from '../http/mount.ts'"],
      ['src/domain/deep/x.ts', "const a = await import('../../http/mount.ts')"],
      ['src/domain/x.ts', "type A = typeof import('../pages/index.ts')"],
      ['src/domain/x.ts', "import type { Context } from 'koa'"],
      ['src/operations/x.ts', "import Router from '@koa/router'"],
      ['src/operations/x.ts', "import { a } from '../http/contract.ts'"],
      ['src/operations/x.ts', "import type { a } from '../http/mount.ts'"],
      ['src/operations/x.ts', "import { createDatabase, type Database } from '../db/database.ts'"],
      ['src/http/x.ts', "import { a } from '../domain/codes.ts'"],
      ['src/http/x.ts', "import { a } from '../service.ts'"],
      ['src/config/x.ts', "import { a } from '../problems.ts'"],
      ['src/problems.ts', "import { a } from 'node:fs'"],
      ['generated/queries.ts', "import { a } from '../src/db/database.ts'"],
    ]
    for (const [file, source] of ways) assert.equal(breaches(file, source).length, 1, source)
    assert.deepEqual(breaches('src/operations/x.ts', "import { type a, type b } from '../db/database.ts'"), [])
    assert.deepEqual(breaches('src/service.ts', "import { a } from './http/mount.ts'"), [])
  })

  it('each operation has one handler file and its tests, and there are no others', () => {
    const ids = Object.keys(operationRoutes).sort()
    const handlers = files('src/operations/*.ts').map((file) => file.slice('src/operations/'.length, -'.ts'.length))
    const own = ['context', 'index']
    assert.deepEqual(
      handlers.filter((name) => !own.includes(name)),
      ids,
    )
    // A second file of an operation says what it is about: registerUser.email.test.ts.
    const tests = files('test/operations/*.test.ts').map((file) => file.slice('test/operations/'.length))
    const main = tests.filter((file) => /^\w+\.test\.ts$/.test(file)).map((file) => file.slice(0, -'.test.ts'.length))
    assert.deepEqual(main, ids)
    assert.deepEqual(
      tests.filter((file) => !ids.includes(file.split('.')[0] ?? '')),
      [],
    )
  })

  it('handlers have 40 lines at most, and are exported under their operation’s name', () => {
    for (const id of Object.keys(operationRoutes)) {
      const source = read(`src/operations/${id}.ts`)
      const [handler] = new RegExp(`^export (?:async )?function ${id}\\([\\s\\S]*?^}$`, 'm').exec(source) ?? []
      assert.ok(handler, `${id} is not there as an annotated function`)
      assert.ok(handler.split('\n').length <= 40, `${id} has ${handler.split('\n').length} lines`)
    }
  })

  it('files have 150 lines at most, or say why not', () => {
    const long = files('src/**/*.ts', 'scripts/**/*.ts').filter((file) => {
      const source = read(file)
      return source.trimEnd().split('\n').length > 150 && !/^\/\/ Longer than 150 lines: \S/m.test(source)
    })
    assert.deepEqual(long, [])
  })

  it('SQL is in sql/, apart from what migrates and what starts the embedded server', () => {
    const words = 'select|insert|update|delete|create|alter|drop|with|lock|set|show|grant|revoke|truncate|listen|begin'
    const statement = new RegExp(`['"\`]\\s*(${words}|${words.toUpperCase()})\\s[^'"\`]`)
    const offenders = files('src/**/*.ts').filter((file) =>
      statement.test(read(file).replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')),
    )
    // refusals.ts speaks of SQL to the operator.
    const reasons = offenders.filter((file) => !/^src\/db\/(migrate|embedded|refusals)/.test(file))
    assert.deepEqual(reasons, [])
    assert.ok(offenders.includes('src/db/migrate.ts'))
  })

  it('every test lies where npm test looks for it', () => {
    const looked = files('test/*.test.ts', 'test/*/*.test.ts')
    assert.deepEqual(files('test/**/*.test.ts'), looked)
    for (const pattern of ["'test/*.test.ts'", "'test/*/*.test.ts'"]) assert.ok(read('package.json').includes(pattern))
  })

  it('nothing is left to do, no test runs alone, and every suppression says why', () => {
    const faults: [what: string, pattern: RegExp, files: string[]][] = [
      [
        'a note',
        new RegExp('\\b(TO' + 'DO|FIX' + 'ME|XX' + 'X)\\b'),
        files('{src,scripts,test,sql}/**/*.{ts,sql,js,css}', '*.{js,yaml}'),
      ],
      [
        '.only',
        /\b(describe|it|context)\.only\b/,
        files('test/**/*.ts').filter((file) => file !== 'test/layout.test.ts'),
      ],
      [
        'a suppression without a reason',
        /eslint-disable(?!.* -- \S)|@ts-(expect-error|ignore|nocheck)\s*$/m,
        files('{src,scripts}/**/*.ts'),
      ],
    ]
    for (const [what, pattern, among] of faults) {
      assert.deepEqual(
        among.filter((file) => pattern.test(read(file))),
        [],
        what,
      )
    }
  })
})
