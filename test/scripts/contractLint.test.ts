import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'

type Finding = { code: string; path: (string | number)[] }
type Ruleset = { overrides: { files: string[]; rules: Record<string, string> }[] }

const root = join(import.meta.dirname, '../..')

const run = (...args: string[]) =>
  new Promise<{ code: unknown; output: string }>((resolve) => {
    const env = { ...process.env, REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
    const options = { cwd: root, env, maxBuffer: 2 ** 24 }
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, output: stdout || stderr })
    })
  })

const spectral = (...args: string[]) => run('node_modules/@stoplight/spectral-cli/dist/index.js', 'lint', ...args)
const redocly = (...args: string[]) => run('node_modules/@redocly/cli/bin/cli.js', 'lint', ...args)

describe('lint of the contract', function () {
  this.timeout(60_000)
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-lint-'))
  })
  after(() => rm(folder, { recursive: true }))

  it('needs each exception, and each names one operation or response', async () => {
    const owasp = createRequire(import.meta.url).resolve('@stoplight/spectral-owasp-ruleset')
    const bare = join(folder, 'bare.yaml')
    await writeFile(bare, JSON.stringify({ extends: ['spectral:oas', owasp] }))
    const findings = JSON.parse(
      (await spectral('--ruleset', bare, '--format', 'json', '--quiet', 'openapi.yaml')).output,
    ) as Finding[]
    const found = new Set(
      findings.flatMap(({ code, path }) => pointersAbove(path).map((pointer) => `${code} ${pointer}`)),
    )
    const { overrides } = parse(await readFile(join(root, '.spectral.yaml'), 'utf8')) as Ruleset
    const exceptions = overrides.flatMap(({ files, rules }) =>
      // Braces would be a pattern there: the names of path parameters are percent-encoded.
      files.flatMap((file) =>
        Object.keys(rules).map((rule) => `${rule} ${decodeURIComponent(file.replace('openapi.yaml#', ''))}`),
      ),
    )
    assert.ok(exceptions.length > 50)
    const unneeded = exceptions.filter((exception) => !found.has(exception))
    assert.deepEqual(unneeded, [])
    const one = /^\S+ \/(paths\/[^/]+\/[a-z]+|components\/responses\/\w+|components\/headers)$/
    const broad = exceptions.filter((exception) => !one.test(exception))
    assert.deepEqual(broad, [])
  })

  it('accepts the OpenAPI 3.0.3 derivative', async () => {
    const { code, output } = await redocly('--extends=spec', 'generated/openapi-3.0.json')
    assert.equal(code, 0, output)
  })

  it('finds keywords in the derivative that OpenAPI 3.0 does not have', async () => {
    const text = await readFile(join(root, 'generated/openapi-3.0.json'), 'utf8')
    const inserts = ['"const": "x"', '"examples": ["x"]', '"exclusiveMinimum": 3', '"type": ["string", "null"]']
    const broken = inserts.reduce(
      (json, insert, index) => json.replace('"schemas": {', `"schemas": { "Broken${index}": { ${insert} },`),
      text,
    )
    const file = join(folder, 'broken.json')
    await writeFile(file, broken)
    const { code, output } = await redocly('--extends=spec', '--format=json', file)
    assert.equal(code, 1, output)
    for (const index of inserts.keys()) assert.match(output, new RegExp(`schemas/Broken${index}`))
  })
})

/** The JSON pointers of a node and of all nodes that contain it. */
function pointersAbove(path: (string | number)[]): string[] {
  const parts = path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
  return parts.map((_, index) => parts.slice(0, index + 1).join(''))
}
