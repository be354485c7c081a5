import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { referencesIn } from '../../scripts/securityReport/references.ts'
import { readRequirements } from '../../scripts/securityReport/requirements.ts'
import {
  assignTests,
  findErrors,
  formatReport,
  formatTestsPage,
} from '../../scripts/securityReport/requirementTests.ts'
import type { TestResult } from '../../scripts/securityReport/testResults.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/security.md'), 'utf8')
const requirements = readRequirements(page)
const all = requirements.map(({ number }) => number)

const result = (title: string, state: TestResult['state'] = 'passed'): TestResult => ({
  file: 'test/a.test.ts',
  title,
  state,
})
const everything = all.map((number) => result(`holds (security ${number})`))
const without = (number: number) => everything.filter((_, index) => all[index] !== number)

const errorsOf = (results: TestResult[]) => findErrors(assignTests(requirements, results), results)

describe('the security report', () => {
  it('reads 118 requirements from docs/security.md, numbered without a gap', () => {
    assert.deepEqual(
      all,
      Array.from({ length: 118 }, (_, index) => index + 1),
    )
    const [first] = requirements
    assert.deepEqual([first?.section, first?.source], ['Passwords', 'ASVS 6.2.1, NIST 3.1.1.2'])
    assert.match(first?.text ?? '', /^A password has at least 8 characters.* code points\.$/)
  })

  it('joins the lines of a requirement', () => {
    const wrapped = '## Words\n\n9. One line and\n   _RFC\n   1_\n10. more\n    lines.\n\nNot one: 3. of these.\n'
    assert.deepEqual(readRequirements(wrapped), [
      { section: 'Words', number: 9, text: 'One line and', source: 'RFC 1' },
      { section: 'Words', number: 10, text: 'more lines.', source: '' },
    ])
  })

  it('passes if each requirement has a test that passed, even if others failed', () => {
    assert.deepEqual(errorsOf(everything), [])
    assert.deepEqual(errorsOf([...everything, result('too (security 12)', 'failed')]), [])
  })

  it('fails for a requirement that no test names', () => {
    for (const number of all) {
      const [error = '', ...others] = errorsOf(without(number))
      assert.ok(error.startsWith(`${number}. has no test: `), error)
      assert.deepEqual(others, [])
    }
  })

  it('fails for a requirement whose tests all failed or were skipped', () => {
    const [error, ...others] = errorsOf([
      ...without(54),
      result('a (security 54)', 'failed'),
      result('b (security 54)', 'skipped'),
    ])
    assert.match(error ?? '', /^54\. has no test that passed: Failed sign-ins/)
    assert.deepEqual(others, [])
  })

  it('fails for a test that names the number of no requirement', () => {
    const unknown = errorsOf([...everything, result('x (security 119)')])
    assert.match(unknown.join(), /^test\/a\.test\.ts names 119, which is not a requirement: x/)
  })

  it('fails for a test that names a number in another notation', () => {
    const titles = [
      'x (security 43-48)',
      'x (security 43–)',
      'x (security 43;44)',
      'x (words, security 4)',
      'security 4',
    ]
    for (const title of titles)
      assert.match(errorsOf([...everything, result(title)]).join(), /names requirements in another form/, title)
  })

  it('reads lists and ranges of numbers, also in the titles of enclosing describes', () => {
    const read: [title: string, numbers: number[]][] = [
      ['getMe (security 40) refuses', [40]],
      ['getMe (security 40, 43–45) refuses (security 12)', [40, 43, 44, 45, 12]],
      ['lists /api/v1/logs/security/ (80 rows)', []],
    ]
    for (const [title, numbers] of read) assert.deepEqual(referencesIn(title), { numbers, isUnreadable: false }, title)
  })

  it('shows each failed or skipped test, and three passed tests of each file', () => {
    const many = [1, 2, 3, 4, 5].map((index) => result(`case ${index} (security 3)`))
    const report = formatReport(assignTests(requirements, [...many, result('breaks (security 3)', 'failed')]))
    assert.match(
      report,
      /^3\. No kind .*\n {3}✗ test\/a\.test\.ts: breaks\n( {3}✓ test\/a\.test\.ts: case \d\n){3} {3}✓ test\/a\.test\.ts: and 2 more\n4\. /m,
    )
  })

  it('writes only the first of several tests that differ only in a describe', async () => {
    const results = ['getMe', 'deleteMe', 'exportMe'].map((id) => result(`${id} › needs a token (security 3)`))
    const written = await formatTestsPage(assignTests(requirements, results))
    assert.match(written, /^3\. .*\n +- \[a.*\n +- getMe › needs a token\n +- and 2 more\n4\. /m)
  })

  it('writes a page of the tests by requirement, in the format of Prettier', async () => {
    const many = [1, 2, 3, 4].map((index) => result(`case ${index} (security 118)`))
    const results = [result('takes <b> & a_b (security 3)'), result('more (security 3)'), ...many]
    const written = await formatTestsPage(assignTests(requirements, results))
    assert.match(written, /^## Passwords\n\n1\. A password has at least 8/m)
    assert.match(
      written,
      /^3\. No kind .*\n {3}- \[a\.test\.ts\]\(\.\.\/test\/a\.test\.ts\)\n {5}- takes \\<b\\?> \\& a\\?_b\n {5}- more\n4\. /m,
    )
    assert.match(
      written,
      /^118\. .*\n +- \[a\.test\.ts\]\(.*\)\n +- case 1\n +- case 2\n +- case 3\n +- and 1 more\n$/m,
    )
    assert.equal(written.match(/^ +- /gm)?.length, 8)
  })
})
