import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { appendFile, cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { generateQueries } from '../../scripts/generate/queries.ts'
import { scratch } from '../support/scratch.ts'
import { createTestDatabase } from '../support/database.ts'

const root = join(import.meta.dirname, '../..')

describe('npm run generate', function () {
  this.timeout(60_000)
  let copy: string
  before(async () => {
    copy = await mkdtemp(join(scratch, 'gatehouse-generate-'))
    for (const name of ['openapi.yaml', 'package.json', 'generated', 'scripts', 'sql', 'src']) {
      await cp(join(root, name), join(copy, name), { recursive: true })
    }
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
  })
  after(() => rm(copy, { recursive: true, force: true }))

  const run = (...args: string[]) =>
    new Promise<{ code: unknown; stderr: string }>((resolve) => {
      // Uses its own compile cache: no other run could use the entries, because the copy has another path each time.
      const env = { ...process.env, NODE_COMPILE_CACHE: join(copy, 'cache'), TMPDIR: scratch }
      execFile(process.execPath, ['scripts/generate.ts', ...args], { cwd: copy, env }, (error, _stdout, stderr) => {
        resolve({ code: error?.code ?? 0, stderr })
      })
    })

  const says = (name: string) => `generated/${name} differs from its source: run npm run generate\n`

  describe('npm run generate -- --check', () => {
    let outcome: Awaited<ReturnType<typeof run>>
    // One run for all changes, because a run takes seconds.
    before(async () => {
      await appendFile(join(copy, 'generated/contract.ts'), '// edited\n')
      await rm(join(copy, 'generated/mails.ts'))
      const file = join(copy, 'sql/migrations/0099_more.sql')
      await writeFile(file, `comment on column users.email is 'Another comment.'`)
      outcome = await run('--check')
      await rm(file)
    })

    it('names each missing or different file, fails, and writes none', async () => {
      assert.deepEqual(outcome, { code: 1, stderr: says('contract.ts') + says('mails.ts') + says('schema.sql') })
      assert.match(await readFile(join(copy, 'generated/contract.ts'), 'utf8'), /edited/)
    })

    it('fails if a migration changes the schema', () => {
      assert.ok(outcome.stderr.includes(says('schema.sql')))
      assert.equal(outcome.code, 1)
    })
  })

  it('writes every file exactly as it is checked in, with a header comment', async () => {
    assert.deepEqual(await run(), { code: 0, stderr: '' })
    const names = (await readdir(join(copy, 'generated'), { recursive: true })).filter((name) =>
      /\.(ts|json|sql)$/.test(name),
    )
    assert.ok(names.length >= 10)
    for (const name of names) {
      const text = await readFile(join(copy, 'generated', name), 'utf8')
      assert.ok(
        text === (await readFile(join(root, 'generated', name), 'utf8')),
        `${name} is out of date: run npm run generate`,
      )
      if (name.endsWith('.ts')) assert.match(text, /^\/\/ Generated from \S+ by npm run generate\. Do not edit\.\n/)
    }
  })

  describe('generateQueries', () => {
    let database: Awaited<ReturnType<typeof createTestDatabase>>
    let generate: typeof generateQueries
    before(async () => {
      database = await createTestDatabase()
      const script = pathToFileURL(join(copy, 'scripts/generate/queries.ts')).href
      generate = ((await import(script)) as { generateQueries: typeof generateQueries }).generateQueries
    })
    after(() => database.drop())

    const generated = async (text: string): Promise<string> => {
      const file = join(copy, 'sql/queries/zz.sql')
      await writeFile(file, text)
      try {
        return await generate(database.url)
      } finally {
        await rm(file)
      }
    }

    const rejected: [mistake: string, text: string, message: string][] = [
      ['a misspelt column', '-- name: misspelt\nselect emial from users;\n', 'misspelt: column "emial" does not exist'],
      [
        'a table that does not exist',
        '-- name: lost\nselect id from people;\n',
        'lost: relation "people" does not exist',
      ],
      ['a syntax error', '-- name: broken\nselect from where;\n', 'broken: syntax error at or near "where"'],
      [
        'two statements',
        '-- name: two\nselect 1; select 2;\n',
        'two: cannot insert multiple commands into a prepared statement',
      ],
      [
        'a type that it cannot map',
        '-- name: odd\nselect point(1, 2) as p;\n',
        'odd: p has a type that scripts/generate/queries.ts does not know (600)',
      ],
      [
        'a choice outside of a pair',
        '-- name: lone\nselect id from users order by id {desc|};\n',
        'lone: only a pair has choices like {<|>}',
      ],
      ['undefined columns', '-- name: bare\nselect {noColumns} from users;\n', 'bare: no columns are named noColumns'],
      [
        'a pair of different columns',
        '-- name: uneven{Descending|Ascending}\nselect {id|email} from users;\n',
        'uneven: the two statements return different columns',
      ],
    ]
    for (const [mistake, text, message] of rejected) {
      it(`fails for ${mistake}, and names the file, the query and the reason`, async () => {
        await assert.rejects(generated(text), { message: `sql/queries/zz.sql: ${message}` })
      })
    }

    it('fails for two queries of the same name', async () => {
      const text = '-- name: findUser\nselect 1 as one;\n'
      await assert.rejects(generated(text), { message: 'sql/queries/zz.sql: there are two queries named findUser' })
    })

    it('inserts the columns named “some” for {some}, without the ! of non-null ones', async () => {
      const text = `-- columns: some
-- A comment.
id as "id!", last_login;

-- name: read
select {some} from users where id = :id;
`
      const [read] = /export type ReadRow = [\s\S]*/.exec(await generated(text)) ?? []
      assert.equal(
        read,
        `export type ReadRow = { id: string; last_login: string | null }

export const read = (p: { id: string }) =>
  sql.prepared('read', row<ReadRow>())\`
select id, last_login from users where id = \${p.id}\`
`,
      )
    })

    it('makes two statements from one with choices such as {Descending|Ascending}', async () => {
      const text = `-- name: walk{Descending|Ascending}
-- A comment.
select id from users where id {<|>} :id order by date_joined {desc|}, id {desc|} limit 1;
`
      const [pair = ''] = /\/\*\* A comment\. \*\/\nexport const walk = [\s\S]*/.exec(await generated(text)) ?? []
      const statementOf = (name: string, compare: string, order: string) =>
        `(p: { id: string }) =>\n  sql.prepared('${name}', row<WalkRow>())\`
select id from users where id ${compare} \${p.id} order by ${order} limit 1\`,\n`
      const members = [
        `  descending: ${statementOf('walkDescending', '<', 'date_joined desc, id desc')}`,
        `  ascending: ${statementOf('walkAscending', '>', 'date_joined, id')}`,
      ]
      assert.equal(pair, `/** A comment. */\nexport const walk = {\n${members.join('')}}\n`)
    })

    it('gives parameters and columns the types that the database reports', async () => {
      const text = `-- name: typed
-- A comment.
select email, last_login, is_active, count(*) as "many!", lower(email) as lowered
from users where id = :id and first_name = :name? and id = :id group by id;
`
      const [, type = '', parameters = ''] =
        /export type TypedRow = \{ (.*) \}\n[\s\S]*export const typed = \(p: \{ (.*) \}\)/.exec(
          await generated(text),
        ) ?? []
      const columns =
        'email: string; last_login: string | null; is_active: boolean; many: number; lowered: string | null'
      assert.equal(type, columns)
      assert.equal(parameters, 'id: string; name: string | null')
    })
  })
})
