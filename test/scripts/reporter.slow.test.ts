import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { documentedFacts } from '../../scripts/coverage/documented.ts'
import { readCoveredApi } from '../../scripts/coverage/operations.ts'
import { readOpenApi } from '../../scripts/openapi.ts'

const root = join(import.meta.dirname, '../..')
const documented = documentedFacts(readCoveredApi(readOpenApi()))
const secret = 'correct horse battery staple'
const without = (fact: string) => documented.difference(new Set([fact]))

type Ended = { code: unknown; stdout: string; stderr: string }

describe('the reporter of the tests', () => {
  let folder: string
  let saved: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-reporter-'))
    await writeFile(join(folder, 'a.cjs'), "it('passes', () => undefined)\n")
  })
  beforeEach(async () => {
    saved = await mkdtemp(join(folder, 'saved-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  /** Runs one passing test, as if it had recorded these facts and this log. */
  async function run(facts: Set<string>, options: string[] = [], log = '{"msg":"request"}'): Promise<Ended> {
    const records = await mkdtemp(join(folder, 'records-'))
    const lines = [...facts].map((fact) => `${JSON.stringify(fact)}\n`)
    await writeFile(join(records, '1.jsonl'), lines.slice(0, 9).join(''))
    await writeFile(join(records, '2.jsonl'), lines.slice(9).join(''))
    await writeFile(join(records, '1.secrets'), `${secret}\n`)
    await writeFile(join(records, '2.log'), log && `${log}\n`)
    const given = [
      '--no-config',
      '--reporter',
      join(root, 'test/support/reporter.ts'),
      ...options,
      join(folder, 'a.cjs'),
    ]
    return node('node_modules/mocha/bin/mocha.js', given, { COVERAGE_DIR: records, RESULTS: 'tests' })
  }

  function node(script: string, given: string[] = [], more = {}): Promise<Ended> {
    const env = { ...process.env, COVERAGE_RECORDS: saved, ...more }
    return new Promise((resolve) => {
      execFile(process.execPath, [join(root, script), ...given], { cwd: root, env }, (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, stdout, stderr })
      })
    })
  }

  it('passes a run that saw exactly what the contract documents', async () => {
    const { code, stdout } = await run(documented)
    assert.match(stdout, /The tests saw exactly what openapi\.yaml documents\.[\s\S]*1 passed, 0 failed\n$/)
    assert.match(stdout, /\n1 secrets, 1 lines of log at debug level: none leaked\.\n/)
    assert.equal(code, 0)
  })

  it('fails a run that saw something else, and names each difference', async () => {
    const facts = without('reply getMe 503 application/problem+json').add('reply getMe 418 text/plain')
    const { code, stdout } = await run(facts)
    assert.match(stdout, /reply getMe 503 application\/problem\+json: documented, never seen\n/)
    assert.match(stdout, /reply getMe 418 text\/plain: seen, not documented\n[\s\S]*1 passed, 1 failed\n$/)
    assert.equal(code, 1)
  })

  it('saves what a run saw for npm run coverage, which then fails, too', async () => {
    const facts = without('example registerUser full')
    const { stdout } = await run(facts)
    const again = await node('scripts/coverage.ts')
    assert.equal(again.code, 1)
    assert.match(again.stdout, /example registerUser full: documented, never seen\n/)
    assert.ok(stdout.includes(again.stdout))
  })

  it('saves the results of the tests for npm run security:report', async () => {
    const tests = join(folder, 'b.cjs')
    const [is, skip] = ['assert.ok(true)', 'this.skip()']
    await writeFile(
      tests,
      `const assert = require('node:assert')
describe('b (security 40)', () => {
  it('passes', () => { ${is} })
  it('fails (security 43–44)', () => { assert.fail() })
  it('skips (security 53)', function () { ${skip} })
})`,
    )
    await run(documented, [tests])
    await writeFile(join(saved, 'slow-tests.json'), JSON.stringify({ began: '2999-01-01', results: [] }))
    const { code, stdout, stderr } = await node('scripts/securityReport.ts')
    assert.equal(code, 1)
    assert.match(stdout, /^40\. .*\n.*✗ .*b\.cjs: b › fails\n.*- .*b\.cjs: b › skips\n.*✓ .*b\.cjs: b › passes\n41\. /m)
    assert.match(stdout, /^44\. .*\n.*✗ .*b › fails\n45\. [\s\S]*\n1 of 118 requirements have a test that passed\.\n$/m)
    assert.match(
      stderr,
      /^43\. has no test that passed: [\s\S]*^53\. has no test that passed: [\s\S]*^54\. has no test: /m,
    )
    assert.doesNotMatch(stderr, /^40\. /m)
    assert.match(stderr, /^docs\/security-tests\.md is out of date: /m)
  })

  it('saves no results of a partial run for npm run security:report', async () => {
    await run(documented, ['--ignore', 'none'])
    await run(documented, ['--dry-run'])
    await run(documented, ['--grep', 'passes'])
    const none = await node('scripts/securityReport.ts')
    assert.deepEqual([none.code, none.stdout], [1, ''])
    assert.match(none.stderr, /^There are no results of a whole run of the tests yet: run npm test\.\n$/)

    await run(documented)
    const half = await node('scripts/securityReport.ts')
    assert.deepEqual([half.code, half.stdout], [1, ''])
    assert.match(half.stderr, /^There are no results of a whole run of the tests yet: run npm run test:slow\.\n$/)

    await writeFile(join(saved, 'tests.json'), JSON.stringify({ began: '2001-01-01', results: [] }))
    const old = await node('scripts/securityReport.ts')
    assert.deepEqual([old.code, old.stdout], [1, ''])
    assert.match(old.stderr, /^The results of the last whole run of the tests are older than \S+: run npm test\.\n$/)
  })

  it('fails a run that logged a secret, or that logged nothing (security 80)', async () => {
    for (const log of [`{"password":"${secret}"}`, '']) {
      const { code, stdout } = await run(documented, [], log)
      assert.match(stdout, /level: leaked:\n {2}.*\n[\s\S]*1 passed, 1 failed\n$/)
      assert.ok(stdout.includes(`  ${log}`))
      assert.equal(code, 1)
    }
  })

  it('does not compare what a run with --grep saw', async () => {
    const { code, stdout } = await run(new Set(), ['--grep', 'passes'])
    assert.doesNotMatch(stdout, /documented/)
    assert.equal(code, 0)
  })
})
