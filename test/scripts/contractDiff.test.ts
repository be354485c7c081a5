import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import semver from 'semver'
import { findOasdiff } from '../../scripts/contractDiff/oasdiff.ts'
import { checkVersion } from '../../scripts/contractDiff/version.ts'
import { skip } from '../support/skip.ts'

const root = join(import.meta.dirname, '../..')
const released = (await readdir(join(root, 'contract'))).map((name) => name.replace('.yaml', ''))
const newest = semver.sort(released).at(-1) ?? ''

const noOasdiff =
  (await findOasdiff({ build: false })) === undefined
    ? 'oasdiff is not built; npm run contract:diff -- --prepare does that, with Go'
    : undefined

/** A change of openapi.yaml, what oasdiff reports, and the pointer that the comparison without oasdiff reports. */
type Edit = [name: string, from: RegExp, to: string, says: RegExp, pointer: string]

const breaking: Edit[] = [
  [
    'a renamed member',
    /last_name(?=[,:\]])/g,
    'surname',
    /removed the required property 'last_name' from the response with the '200' status\n {4}getMe, updateMe/,
    'removed /components/schemas/User/properties/last_name',
  ],
  [
    'a new required request member',
    /required: \[email, password, password_confirm\]/,
    'required: [email, password, password_confirm, language]',
    /the request property 'language' became required\n {4}registerUser/,
    'added /components/schemas/RegistrationRequest/required/language',
  ],
  [
    'a removed status',
    / +'401': .*NoActiveAccount' }\n/,
    '',
    /removed the non-success response with the status '401'\n {4}createToken/,
    'removed /paths/~1api~1v1~1auth~1token~1/post/responses/401',
  ],
  [
    'a removed operation',
    / {4}patch:\n(?: {6}.*\n)+/,
    '',
    /api removed without deprecation\n {4}updateMe/,
    'removed /paths/~1api~1v1~1users~1me~1/patch',
  ],
  [
    'a narrowed enum',
    /enum: \[en, ru\]/,
    'enum: [en]',
    /removed the enum value 'ru' of the request property 'language'\n {4}.*updateMe, registerUser/,
    'removed /components/schemas/Language/enum/ru',
  ],
  [
    'a renamed operation',
    /operationId: getMe$/m,
    'operationId: readMe',
    /api operation id 'getMe' removed and replaced with 'readMe'\n {4}getMe/,
    'changed /paths/~1api~1v1~1users~1me~1/get/operationId',
  ],
]

describe('npm run contract:diff', function () {
  this.timeout(60_000)
  let folder: string
  let released: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-diff-'))
    released = await readFile(join(root, `contract/${newest}.yaml`), 'utf8')
  })
  beforeEach(async () => {
    await rm(join(folder, 'contract'), { recursive: true, force: true })
    await cp(join(root, 'contract'), join(folder, 'contract'), { recursive: true })
    await describeVersion(newest)
    await writeFile(join(folder, 'openapi.yaml'), released)
  })
  after(() => rm(folder, { recursive: true }))

  const describeVersion = async (version: string) => {
    await writeFile(join(folder, 'package.json'), JSON.stringify({ version }))
    await writeFile(join(folder, 'CHANGELOG.md'), `# Changelog\n\n## ${version}\n\n- What changed.\n`)
  }

  const run = (...args: string[]) =>
    new Promise<{ code: unknown; output: string }>((resolve) => {
      const script = join(root, 'scripts/contractDiff.ts')
      execFile(process.execPath, [script, ...args], { cwd: folder }, (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, output: stdout + stderr })
      })
    })

  const edit = async (from: RegExp, to: string) => {
    const text = released.replace(from, to)
    assert.notEqual(text, released, `${String(from)} is not in the contract`)
    await writeFile(join(folder, 'openapi.yaml'), text)
  }

  for (const [name, from, to, says, pointer] of breaking) {
    it(`names ${name} and fails`, async function () {
      if (noOasdiff !== undefined) skip(this, noOasdiff)
      await edit(from, to)
      const { code, output } = await run()
      assert.match(output, says)
      assert.match(output, /^breaking\n/m)
      assert.match(output, /There are breaking changes: info\.version must be \S+ or later/)
      assert.equal(code, 1)
    })

    it(`names ${name} without oasdiff too`, async () => {
      await edit(from, to)
      const { code, output } = await run('--without-oasdiff')
      assert.ok(output.includes(`  ${pointer}\n`), output)
      assert.match(output, /WITHOUT oasdiff every change counts as breaking/)
      assert.equal(code, 1)
    })
  }

  it('passes the released description, and a change of documentation', async () => {
    const unchanged = await run('--without-oasdiff')
    assert.match(unchanged.output, /0 breaking, 0 non-breaking, 0 documentation\.\nVersion \S+ matches the changes\./)
    assert.equal(unchanged.code, 0)
    await edit(/description: The curve\./, 'description: Its curve.')
    const { code, output } = await run('--without-oasdiff')
    assert.match(output, /documentation\n {2}changed \/components\/schemas\/JwkCurve\/description/)
    assert.equal(code, 0)
  })

  it('passes a breaking change with a new version and changelog entry, and releases it', async () => {
    const version = '99.0.0'
    await edit(/enum: \[en, ru\]/, 'enum: [en]')
    const text = (await readFile(join(folder, 'openapi.yaml'), 'utf8')).replace(
      /^ {2}version: .*$/m,
      `  version: ${version}`,
    )
    await writeFile(join(folder, 'openapi.yaml'), text)
    assert.match((await run('--without-oasdiff')).output, /CHANGELOG\.md has no entry "## 99\.0\.0"/)
    await describeVersion(version)
    assert.equal((await run('--without-oasdiff', '--release')).code, 0)
    assert.equal(await readFile(join(folder, 'contract/99.0.0.yaml'), 'utf8'), text)
    assert.match((await run('--without-oasdiff')).output, /against contract\/99\.0\.0\.yaml\n\n0 breaking/)
  })

  it('labels an addition as non-breaking', async function () {
    if (noOasdiff !== undefined) skip(this, noOasdiff)
    await edit(/^ {8}- unavailable$/m, '        - unavailable\n        - too_many_requests')
    const { code, output } = await run()
    assert.match(output, /^0 breaking, \d+ non-breaking, 0 documentation\.$/m)
    assert.match(output, /added the new 'too_many_requests' enum value to the 'code' response property/)
    assert.match(output, /There are changes: info\.version must be/)
    assert.equal(code, 1)
  })

  it('labels a new enum value in a reply as breaking, except a new problem code', async function () {
    if (noOasdiff !== undefined) skip(this, noOasdiff)
    await edit(/enum: \[en, ru\]/, 'enum: [en, ru, de]')
    const { output } = await run()
    assert.match(
      output,
      /^breaking\n(?: .*\n)* {2}added the new 'de' enum value to the 'language' response property.*\n {4}getMe, updateMe/m,
    )
    assert.match(output, /^non-breaking\n {2}added the new 'de' enum value to the request property 'language'$/m)
  })

  it('labels another header value as breaking, which oasdiff does not report', async function () {
    if (noOasdiff !== undefined) skip(this, noOasdiff)
    const text = released
      .replace(/type: integer, format: int32, minimum: 1, maximum: 86400/, 'type: string, maxLength: 30')
      .replace(/^ {8}- unavailable$/m, '        - unavailable\n        - too_many_requests')
    await writeFile(join(folder, 'openapi.yaml'), text)
    const { code, output } = await run()
    assert.match(output, /^breaking\n {2}changed \/components\/headers\/RetryAfter\/schema\/type$/m)
    assert.match(output, /^non-breaking\n {2}added the new 'too_many_requests' enum value/m)
    assert.equal(code, 1)
  })

  it('names the line at which openapi.yaml is not YAML', async () => {
    await edit(/^ {2}version: /m, "  version: '")
    const { code, output } = await run()
    assert.match(output, /^openapi\.yaml is not YAML: .* at line \d+, column \d+:\n$/)
    assert.equal(code, 2)
  })

  it('ends with 2 if there is nothing to compare with, and answers --help', async () => {
    await rm(join(folder, 'contract'), { recursive: true })
    assert.deepEqual(await run(), {
      code: 2,
      output: 'There is no released description: contract/<version>.yaml is missing.\n',
    })
    const { code, output } = await run('--help')
    assert.match(output, /^npm run contract:diff/)
    assert.equal(code, 0)
  })
})

describe('the version of a change', () => {
  const cases: [released: string, label: 'breaking' | 'non-breaking' | 'documentation', least: string][] = [
    ['0.1.3', 'breaking', '0.2.0'],
    ['0.1.3', 'non-breaking', '0.1.4'],
    ['0.1.3', 'documentation', '0.1.3'],
    ['1.2.3', 'breaking', '2.0.0'],
    ['1.2.3', 'non-breaking', '1.3.0'],
    ['1.10.0', 'documentation', '1.10.0'],
  ]
  for (const [released, label, least] of cases) {
    it(`${released}, ${label}: ${least} or later`, () => {
      const changes = [{ label, text: '', operations: [] }]
      const errors = (version: string) =>
        checkVersion(version, released, changes, { changelog: `\n## ${version}\n\n- x\n`, packageVersion: version })
      assert.deepEqual(errors(least), [])
      const [error = ''] = errors(released === least ? '0.0.9' : released)
      assert.ok(error.includes(`must be ${least} or later`), error)
    })
  }

  it('must be three numbers, and the same in package.json', () => {
    const files = { changelog: '\n## 1.0.0\n\n- x\n', packageVersion: '0.9.0' }
    assert.deepEqual(checkVersion('1.0.0', '1.0.0', [], files), [
      'package.json has version 0.9.0, info.version is 1.0.0.',
    ])
    assert.deepEqual(checkVersion('v1', '1.0.0', [], files), [
      'info.version must be three numbers as in 1.2.3, not v1.',
    ])
  })
})
