import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Result } from '../../scripts/securityReport/lastRun.ts'
import { page, readRequirements, withTests } from '../../scripts/securityReport/page.ts'
import { referencesIn } from '../../scripts/securityReport/references.ts'
import { describeRows, reportFaults, rowsOf } from '../../scripts/securityReport/report.ts'

const text = readFileSync(join(import.meta.dirname, '../..', page), 'utf8')
const requirements = readRequirements(text)
const all = requirements.map(({ number }) => number)

const result = (title: string, state: Result['state'] = 'passed'): Result => ({ file: 'test/a.test.ts', title, state })
const everything = all.map((number) => result(`holds (security ${number})`))
const without = (number: number) => everything.filter((_, index) => all[index] !== number)

const fieldErrorsOf = (results: Result[]) => reportFaults(rowsOf(requirements, results), results)
const described = (results: Result[]) => describeRows(rowsOf(requirements, results), results)

describe('the security report', () => {
  it('takes 115 requirements from docs/security.md, numbered without a gap', () => {
    assert.deepEqual(
      all,
      Array.from({ length: 115 }, (_, index) => index + 1),
    )
    assert.match(
      requirements[0]?.text ?? '',
      /^A password has at least 8 characters.* \(ASVS 6\.2\.1, NIST 3\.1\.1\.2\)$/,
    )
  })

  it('passes where each has a test that passed, whatever else failed', () => {
    assert.deepEqual(fieldErrorsOf(everything), [])
    assert.deepEqual(fieldErrorsOf([...everything, result('too (security 12)', 'failed')]), [])
  })

  it('fails for a number that no test names', () => {
    for (const number of all) {
      const [fault = '', ...others] = fieldErrorsOf(without(number))
      assert.ok(fault.startsWith(`${number}. has no test: `), fault)
      assert.deepEqual(others, [])
    }
  })

  it('fails for a number whose tests failed or were skipped', () => {
    const [fault, ...others] = fieldErrorsOf([
      ...without(54),
      result('a (security 54)', 'failed'),
      result('b (security 54)', 'skipped'),
    ])
    assert.match(fault ?? '', /^54\. has no test that passed: Failed sign-ins/)
    assert.deepEqual(others, [])
  })

  it('fails for a number that is none, and for another way to name one', () => {
    assert.match(
      fieldErrorsOf([...everything, result('x (security 116)')]).join(),
      /^test\/a\.test\.ts names 116, which is no req/,
    )
    for (const title of [
      'x (security 43-48)',
      'x (security 43–)',
      'x (security 43;44)',
      'x (security F20–21)',
      'x (compatibility, security 4)',
      'security 4',
    ])
      assert.match(fieldErrorsOf([...everything, result(title)]).join(), /names requirements in another form/, title)
  })

  it('reads lists, ranges, words beside them, and the titles around a test’s own', () => {
    const read: [title: string, numbers: number[], faults?: string[]][] = [
      ['getMe (security 40) refuses', [40]],
      ['getMe (security 40, 43–45) refuses (security 12, compatibility)', [40, 43, 44, 45, 12]],
      ['holds (security 39, F20)', [39], ['F20']],
      ['holds (security F20)', [], ['F20']],
      ['heals (F2, F3)', [], ['F2', 'F3']],
      ['lists /api/v1/logs/security/ (80 rows)', []],
    ]
    for (const [title, numbers, faults = []] of read)
      assert.deepEqual(referencesIn(title), { numbers, faults, unreadable: false }, title)
  })

  it('names each test that failed or was skipped, of others the first three of a file, and faults apart', () => {
    const many = [1, 2, 3, 4, 5].map((index) => result(`case ${index} (security 3)`))
    const report = described([...many, result('breaks (security 3)', 'failed'), result('x (F1)', 'skipped')])
    assert.match(
      report,
      /^3\. No kind .*\n {3}✗ test\/a\.test\.ts: breaks\n( {3}✓ test\/a\.test\.ts: case \d\n){3} {3}✓ test\/a\.test\.ts: and 2 more\n4\. /m,
    )
    assert.match(report, /\n115\. .*\nF1\n {3}- test\/a\.test\.ts: x$/)
  })

  it('lists the tests in the page, beneath their requirement and in place of those before', async () => {
    const rows = rowsOf(requirements, [result('takes <b> & a_b (security 3)'), result('more (security 3, 115)')])
    const written = await withTests(text, rows)
    assert.match(
      written,
      /^3\. .*\n {3}- \[a\.test\.ts\]\(\.\.\/test\/a\.test\.ts\): takes \\<b\\?> \\& a\\?_b; more\n4\. /m,
    )
    assert.match(written, /^115\. .*\n {6}- \[a\.test\.ts\]\(\.\.\/test\/a\.test\.ts\): more\n$/m)
    assert.equal(written.match(/^ +- /gm)?.length, 2)
    assert.equal(await withTests(written, rows), written)
    assert.deepEqual(readRequirements(written), requirements)
  })
})
