import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contractDiff } from '../../scripts/contractDiff.ts'
import type { Label } from '../../scripts/contractDiff/labels.ts'
import { findOasdiff } from '../../scripts/contractDiff/oasdiff.ts'
import { checkVersion } from '../../scripts/contractDiff/version.ts'
import { runInProcess, runScript, type Outcome } from '../support/command.ts'
import { skip } from '../support/skip.ts'

const root = join(import.meta.dirname, '../..')
// The tests treat the present openapi.yaml as the released description.
const released = await readFile(join(root, 'openapi.yaml'), 'utf8')
const newest = /^ {2}version: (.*)$/m.exec(released)?.[1] ?? ''

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
    /(?<= )enum: \[en, ru\]/,
    'enum: [en]',
    /removed the enum value 'ru' of the request property 'language'\n {4}.*updateMe, registerUser/,
    'removed /components/schemas/NewLanguage/enum/ru',
  ],
  [
    'a renamed operation',
    /operationId: getMe$/m,
    'operationId: readMe',
    /api operation id 'getMe' removed and replaced with 'readMe'\n {4}getMe/,
    'changed /paths/~1api~1v1~1users~1me~1/get/operationId',
  ],
]

type Labelled<Text> = [name: string, from: RegExp, to: string, label: Label, text: Text]

/** Changes that oasdiff does not report, but that matter to generated clients. */
const forGenerators: Labelled<string>[] = [
  [
    'another order of parameters',
    /(operationId: listLoginLogs\n(?: .*\n)*? {6}parameters:\n)( .*\n)( .*\n)/,
    '$1$3$2',
    'breaking',
    'reordered /paths/~1api~1v1~1logs~1login~1/get/parameters',
  ],
  [
    'another order of the values of an enum',
    /enum: \['-timestamp', timestamp\](\n.*)\[LATEST_FIRST, OLDEST_FIRST\]/,
    "enum: [timestamp, '-timestamp']$1[OLDEST_FIRST, LATEST_FIRST]",
    'breaking',
    'reordered /components/schemas/TimestampOrdering/enum',
  ],
  [
    'names of enum values that change places',
    /\[LATEST_FIRST, OLDEST_FIRST\]/,
    '[OLDEST_FIRST, LATEST_FIRST]',
    'breaking',
    'changed /components/schemas/TimestampOrdering/x-enum-varnames/-timestamp\n' +
      '  changed /components/schemas/TimestampOrdering/x-enum-varnames/timestamp',
  ],
  [
    'another order of members',
    /( {8}user: \{ \$ref: '#\/components\/schemas\/AdminUser' \}\n)( {8}addresses:\n(?: {10}.*\n)+)/,
    '$2$1',
    'breaking',
    'reordered /components/schemas/Export/properties',
  ],
  [
    'a media type that precedes another one',
    /(SessionsRevoked:\n(?: {6}.*\n)*? {6}content:\n)/,
    '$1        application/cbor: { schema: { type: string } }\n',
    'breaking',
    'reordered /components/responses/SessionsRevoked/content',
  ],
  [
    'another name of a parameter in the contract',
    /(parameters\/|^ {4})SearchFilter(:|')/gm,
    '$1TextFilter$2',
    'breaking',
    'removed /components/parameters/SearchFilter',
  ],
  [
    'another type of a member',
    /( exported_at:\n(?: {10}.*\n)+ {8}user: \{ \$ref: '#\/components\/schemas\/)AdminUser/,
    '$1User',
    'breaking',
    'changed /components/schemas/Export/properties/user/$ref',
  ],
  [
    'another order of a list',
    /x-order: '-created_at'/,
    'x-order: created_at',
    'breaking',
    'changed /components/schemas/MailPage/properties/results/x-order',
  ],
  [
    'another target of a link',
    /operationId: refreshToken\n {6}description: Exchange/,
    'operationId: revokeToken\n      description: Exchange',
    'non-breaking',
    'changed /components/links/RefreshToken/operationId',
  ],
  [
    'another text of a link',
    /Get the current state of the user\./,
    'Get the present user.',
    'documentation',
    'changed /components/links/GetUser/description',
  ],
  [
    'another default server',
    /- url: http:\/\/localhost:8000/,
    '- url: http://localhost:9000',
    'non-breaking',
    'removed /servers/{"url":"http:~1~1localhost:8000","description":"A local service with the default settings."}',
  ],
]

const byOasdiff: Labelled<RegExp>[] = [
  [
    'another name of a schema',
    /(schemas\/|^ {4})LoginLog(:|')/gm,
    '$1SignInRecord$2',
    'breaking',
    /removed the schema 'LoginLog'/,
  ],
  [
    'a removed value in a reply',
    /enum: \[current, held\]/,
    'enum: [current]',
    'breaking',
    /removed the 'held' enum value from the 'addresses\/items\/kind' response property.*\n {4}exportMe/,
  ],
  [
    'another default order',
    /default: '-timestamp'/,
    'default: timestamp',
    'breaking',
    /'ordering', default value was changed from '-timestamp' to 'timestamp'\n {4}listLoginLogs, listSecurityEvents/,
  ],
  [
    'a second media type of a reply',
    /(SessionsRevoked:\n(?: {6}.*\n)*? {6}content:\n(?: {8}.*\n)+)/,
    '$1        application/cbor: { schema: { type: string } }\n',
    'breaking',
    /added the media type 'application\/cbor' for the response with the status '200'/,
  ],
  [
    'a second media type of a request',
    /(SessionsRevocation:\n(?: {6}.*\n)*? {6}content:\n(?: {8}.*\n)+)/,
    "$1        application/cbor: { schema: { $ref: '#/components/schemas/SessionsRevocationRequest' } }\n",
    'non-breaking',
    /added the media type 'application\/cbor'/,
  ],
  [
    'a removed media type of a request',
    /(SessionsRevocation:\n(?: {6}.*\n)*? {6}content:\n {8})application\/json/,
    '$1application/cbor',
    'breaking',
    /removed the media type 'application\/json'/,
  ],
]

describe('npm run contract:diff', function () {
  this.timeout(60_000)
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-diff-'))
  })
  beforeEach(async () => {
    await rm(join(folder, 'contract'), { recursive: true, force: true })
    await mkdir(join(folder, 'contract'))
    await writeFile(join(folder, `contract/${newest}.yaml`), released)
    await describeVersion(newest)
    await writeFile(join(folder, 'openapi.yaml'), released)
  })
  after(() => rm(folder, { recursive: true }))

  const describeVersion = async (version: string) => {
    await writeFile(join(folder, 'package.json'), JSON.stringify({ version }))
    await writeFile(join(folder, 'CHANGELOG.md'), `# Changelog\n\n## ${version}\n\n- What changed.\n`)
  }

  // The tool reads the files of its working directory, which no other file of tests uses at the same time.
  const run = async (...args: string[]) => {
    process.chdir(folder)
    try {
      return outputOf(await runInProcess(contractDiff, ...args))
    } finally {
      process.chdir(root)
    }
  }

  const edit = async (from: RegExp, to: string) => {
    const text = released.replace(from, to)
    assert.notEqual(text, released, `${String(from)} is not in the contract`)
    await writeFile(join(folder, 'openapi.yaml'), text)
  }

  for (const [name, from, to, says, pointer] of breaking) {
    it(`reports ${name} as breaking and fails`, async function () {
      if (noOasdiff !== undefined) skip(this, noOasdiff)
      await edit(from, to)
      const { code, output } = await run()
      assert.match(output, says)
      assert.match(output, /^breaking\n/m)
      assert.match(output, /There are breaking changes: info\.version must be \S+ or later/)
      assert.equal(code, 1)
    })

    it(`reports ${name} even without oasdiff`, async () => {
      await edit(from, to)
      const { code, output } = await run('--without-oasdiff')
      assert.ok(output.includes(`  ${pointer}\n`), output)
      assert.match(output, /WITHOUT oasdiff every change counts as breaking/)
      assert.equal(code, 1)
    })
  }

  for (const [name, from, to, label, text] of forGenerators) {
    it(`labels ${name} as ${label} without oasdiff`, async () => {
      await edit(from, to)
      const { code, output } = await run('--without-oasdiff')
      assert.ok(changesOf(output, label).includes(`  ${text}\n`), output)
      assert.equal(code, 1)
    })
  }

  for (const [name, from, to, label, says] of byOasdiff) {
    it(`labels ${name} as ${label} with oasdiff`, async function () {
      if (noOasdiff !== undefined) skip(this, noOasdiff)
      await edit(from, to)
      const { output } = await run()
      assert.match(changesOf(output, label), says, output)
    })
  }

  it('labels a new parameter as breaking only if it comes before an existing one', async () => {
    const position = 'reordered /paths/~1api~1v1~1auth~1sessions~1/get/parameters'
    const parameter = "        - $ref: '#/components/parameters/UserFilter'\n"
    const sessions = /(operationId: listSessions\n(?: .*\n)*? {6}parameters:\n)((?: {8}- .*\n)+)/
    await edit(sessions, `$1${parameter}$2`)
    assert.ok((await run('--without-oasdiff')).output.includes(position))
    await edit(sessions, `$1$2${parameter}`)
    assert.ok(!(await run('--without-oasdiff')).output.includes(position))
  })

  it('prints the sentences that differ in two versions of a description', async () => {
    await edit(/For 7 days, `resendActivation`/, 'For 9 days, `resendActivation`')
    const { output } = await run('--without-oasdiff')
    const says = (days: number) =>
      `For ${days} days, \`resendActivation\` and \`forgotPassword\` can still create the account, with a new password.`
    const pointer = '/paths/~1api~1v1~1users~1register~1/post/description'
    assert.ok(output.includes(`documentation\n  changed ${pointer}\n    - ${says(7)}\n    + ${says(9)}\n\n0 `), output)
  })

  it('passes if the description equals the released one', async () => {
    const { code, output } = await run('--without-oasdiff')
    assert.match(output, /0 breaking, 0 non-breaking, 0 documentation\.\nVersion \S+ matches the changes\./)
    assert.equal(code, 0)
  })

  it('requires a new version even if only a description changed', async () => {
    await edit(/description: The elliptic curve of the key\./, 'description: Its curve.')
    const { code, output } = await run('--without-oasdiff')
    assert.match(output, /documentation\n {2}changed \/components\/schemas\/JwkCurve\/description/)
    assert.match(output, /There are changes of documentation: info\.version must be \S+ or later/)
    assert.equal(code, 1)
  })

  it('accepts a breaking change that has a new version and a changelog entry', async () => {
    const version = '99.0.0'
    await edit(/(?<= )enum: \[en, ru\]/, 'enum: [en]')
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

  it('labels a new enum value in a request as non-breaking', async function () {
    if (noOasdiff !== undefined) skip(this, noOasdiff)
    await edit(/(?<= )enum: \[en, ru\]/, 'enum: [en, ru, de]')
    const { code, output } = await run()
    assert.match(output, /^non-breaking\n {2}added the new 'de' enum value to the request property 'language'$/m)
    assert.match(output, /^0 breaking, \d+ non-breaking, 0 documentation\.$/m)
    assert.match(output, /There are changes: info\.version must be/)
    assert.equal(code, 1)
  })

  it('labels a new value of a closed enum in a reply as breaking', async function () {
    if (noOasdiff !== undefined) skip(this, noOasdiff)
    await edit(/enum: \[current, held\]/, 'enum: [current, held, former]')
    assert.match(
      (await run()).output,
      /^breaking\n {2}added the new 'former' enum value to the 'addresses\/items\/kind' response property.*\n {4}exportMe$/m,
    )
  })

  const knownValue = '/components/schemas/ProblemCode/x-extensible-enum/unavailable'

  it('labels a new value of an extensible enum as non-breaking', async () => {
    await writeFile(join(folder, `contract/${newest}.yaml`), released.replace(/^ {8}- unavailable\n/m, ''))
    const { code, output } = await run('--without-oasdiff')
    assert.ok(output.includes(`non-breaking\n  added ${knownValue}\n\n0 breaking, 1 non-breaking, 0 doc`), output)
    assert.match(output, /There are changes: info\.version must be/)
    assert.equal(code, 1)
  })

  it('labels a removed value of an extensible enum as breaking, even with oasdiff', async function () {
    await edit(/^ {8}- unavailable\n/m, '')
    const { code, output } = await run('--without-oasdiff')
    assert.ok(output.includes(`breaking\n  removed ${knownValue}\n\n1 breaking, 0 non-breaking, 0 doc`), output)
    assert.equal(code, 1)
    if (noOasdiff !== undefined) skip(this, noOasdiff)
    const text = released.replace(/^ {8}- unavailable\n/m, '').replace(/(?<= )enum: \[en, ru\]/, 'enum: [en, ru, de]')
    await writeFile(join(folder, 'openapi.yaml'), text)
    const both = await run()
    assert.ok(both.output.includes(`breaking\n  removed ${knownValue}\n`), both.output)
    assert.match(both.output, /^1 breaking, 1 non-breaking, 0 documentation\.$/m)
  })

  it('labels a changed pattern of timestamps as breaking', async () => {
    await edit(/\{6\}Z\$/, '{3}Z$')
    assert.match((await run('--without-oasdiff')).output, /^breaking\n {2}changed \S+\/x-pattern\n\n1 breaking, 0 non/m)
  })

  it('labels a changed header value as breaking, which oasdiff does not report', async function () {
    if (noOasdiff !== undefined) skip(this, noOasdiff)
    const text = released
      .replace(/type: integer, format: int32, minimum: 1, maximum: 86400/, 'type: string, maxLength: 30')
      .replace(/(?<= )enum: \[en, ru\]/, 'enum: [en, ru, de]')
    await writeFile(join(folder, 'openapi.yaml'), text)
    const { code, output } = await run()
    assert.match(output, /^breaking\n {2}changed \/components\/headers\/RetryAfter\/schema\/type$/m)
    assert.match(output, /^non-breaking\n {2}added the new 'de' enum value/m)
    assert.equal(code, 1)
  })

  it('names the line of a YAML error in openapi.yaml', async () => {
    await edit(/^ {2}version: /m, "  version: '")
    const { code, output } = await run()
    assert.match(output, /^openapi\.yaml is not YAML: .* \(\d+:\d+\)\n$/)
    assert.equal(code, 2)
  })

  it('exits with 2 if no description was released, and prints its help', async () => {
    await rm(join(folder, 'contract'), { recursive: true })
    const start = async (...args: string[]) => outputOf(await runScript(folder, {}, 'scripts/contractDiff.ts', ...args))
    assert.deepEqual(await start(), {
      code: 2,
      output: 'There is no released description: contract/<version>.yaml is missing.\n',
    })
    const { code, output } = await start('--help')
    assert.match(output, /^npm run contract:diff/)
    assert.equal(code, 0)
  })
})

function outputOf({ code, stdout, stderr }: Outcome): { code: number; output: string } {
  return { code, output: stdout + stderr }
}

/** Returns the part of the output that lists the changes with a label. */
function changesOf(output: string, label: Label): string {
  return `${output.split('\n\n').find((part) => part.startsWith(`${label}\n`)) ?? ''}\n`
}

describe('the version of a changed contract', () => {
  const cases: [released: string, label: 'breaking' | 'non-breaking' | 'documentation', least: string][] = [
    ['0.1.3', 'breaking', '0.2.0'],
    ['0.1.3', 'non-breaking', '0.1.4'],
    ['0.1.3', 'documentation', '0.1.4'],
    ['1.2.3', 'breaking', '2.0.0'],
    ['1.2.3', 'non-breaking', '1.3.0'],
    ['1.10.0', 'documentation', '1.10.1'],
  ]
  for (const [released, label, least] of cases) {
    it(`must be ${least} or later if ${released} was released and the change is ${label}`, () => {
      const changes = [{ label, text: '', operations: [] }]
      const errors = (version: string) =>
        checkVersion(version, released, changes, { changelog: `\n## ${version}\n\n- x\n`, packageVersion: version })
      assert.deepEqual(errors(least), [])
      const [error = ''] = errors(released)
      assert.ok(error.includes(`must be ${least} or later`), error)
    })
  }

  it('must not be lower than the released version', () => {
    const [error] = checkVersion('1.1.9', '1.2.0', [], { changelog: '\n## 1.2.0\n\n- x\n', packageVersion: '1.1.9' })
    assert.match(error ?? '', /^A version may not go down: info\.version must be 1\.2\.0 or later/)
  })

  it('must consist of three numbers, and equal the version in package.json', () => {
    const files = { changelog: '\n## 1.0.0\n\n- x\n', packageVersion: '0.9.0' }
    assert.deepEqual(checkVersion('1.0.0', '1.0.0', [], files), [
      'package.json has version 0.9.0, info.version is 1.0.0.',
    ])
    assert.deepEqual(checkVersion('v1', '1.0.0', [], files), [
      'info.version must be three numbers as in 1.2.3, not v1.',
    ])
  })
})
