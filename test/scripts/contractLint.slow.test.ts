import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { load } from 'js-yaml'
import {
  listOperations,
  readDocument,
  readOpenApi,
  readText,
  resolveReferences,
  type OpenApi,
} from '../../scripts/openapi.ts'

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

describe('the linting of the contract', function () {
  this.timeout(60_000)
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-lint-'))
  })
  after(() => rm(folder, { recursive: true }))

  it('has no needless exception, and each names exactly one operation or response', async () => {
    const owasp = createRequire(import.meta.url).resolve('@stoplight/spectral-owasp-ruleset')
    const bare = join(folder, 'bare.yaml')
    await writeFile(bare, JSON.stringify({ extends: ['spectral:oas', owasp] }))
    const findings = JSON.parse(
      (await spectral('--ruleset', bare, '--format', 'json', '--quiet', 'openapi.yaml')).output,
    ) as Finding[]
    const found = new Set(
      findings.flatMap(({ code, path }) => pointersAbove(path).map((pointer) => `${code} ${pointer}`)),
    )
    const { overrides } = load(await readFile(join(root, '.spectral.yaml'), 'utf8')) as Ruleset
    const exceptions = overrides.flatMap(({ files, rules }) =>
      // Spectral treats braces as a pattern, so the braces of path parameters are percent-encoded there.
      files.flatMap((file) =>
        Object.keys(rules).map((rule) => `${rule} ${decodeURIComponent(file.replace('openapi.yaml#', ''))}`),
      ),
    )
    assert.ok(exceptions.length > 50)
    const unneeded = exceptions.filter((exception) => !found.has(exception))
    assert.deepEqual(unneeded, [])
    const one = /^\S+ \/(paths\/[^/]+\/[a-z]+|components\/responses\/\w+)$/
    const broad = exceptions.filter((exception) => !one.test(exception))
    assert.deepEqual(broad, [])
  })

  it('requires closed schemas for requests, and open schemas for replies', () => {
    const operations = listOperations(readOpenApi())
    for (const { operationId, requestBody, responses } of operations) {
      for (const { schema } of Object.values(requestBody?.content ?? {}))
        assert.equal(schema.additionalProperties, false, operationId)
      assert.ok(!JSON.stringify(responses).includes('"additionalProperties":false'), operationId)
    }
  })

  it('requires the same enum values for requests as for replies', () => {
    const { components } = readDocument()
    for (const [request, reply] of [
      ['NewLanguage', 'Language'],
      ['SecurityEventTypeFilter', 'SecurityEventType'],
    ] as const)
      assert.deepEqual(components.schemas[request]?.enum, components.schemas[reply]?.['x-extensible-enum'], request)
  })

  it('requires unique x-enum-varnames in the whole document', () => {
    const schemas = Object.values(readDocument().components.schemas) as { 'x-enum-varnames'?: string[] }[]
    const names = schemas.flatMap((schema) => schema['x-enum-varnames'] ?? [])
    assert.ok(names.length >= 6)
    assert.deepEqual(names, [...new Set(names)])
  })

  it('requires a plain URL as first server, which generators use as the default', () => {
    assert.deepEqual(Object.keys(readDocument().servers[0] ?? {}), ['url', 'description'])
    assert.equal(readDocument().servers[0]?.url, 'http://localhost:8000')
  })

  it('accepts the two OpenAPI 3.0.3 derivatives', async () => {
    const derivatives = ['openapi-3.0.json', 'openapi-clients.json'].map((name) => `generated/${name}`)
    const { code, output } = await redocly('--extends=spec', ...derivatives)
    assert.equal(code, 0, output)
  })

  it('requires the derivative for clients to have no links and no shared parts', () => {
    const text = readText(join(root, 'generated/openapi-clients.json'))
    assert.doesNotMatch(text, /"links"|components\/(requestBodies|responses|links)/)
    assert.deepEqual(describeOperations(JSON.parse(text) as OpenApi), describeOperations(readDocument()))
  })

  it('reports keywords in a derivative that OpenAPI 3.0 does not have', async () => {
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

/** Returns the operations without references, links and roles, which the derivatives leave out. */
function describeOperations(document: OpenApi): unknown {
  const operations = listOperations(resolveReferences(document))
  const described = operations.map(({ security, responses, parameters, ...operation }) => ({
    ...operation,
    parameters: parameters.filter((parameter) => parameter.in !== 'cookie'),
    security: security.flatMap(Object.keys),
    responses: Object.entries(responses as Record<string, { links?: unknown }>).map(
      ([status, { links: _, ...response }]) => [status, response],
    ),
  }))
  return JSON.parse(JSON.stringify(described), (_name, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const { component: _, nullable, ...rest } = value as { component?: string; nullable?: true; type?: string }
    return nullable ? { ...rest, type: [rest.type, 'null'] } : rest
  })
}

/** Returns the JSON pointers of a node and of all nodes that contain it. */
function pointersAbove(path: (string | number)[]): string[] {
  const parts = path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
  return parts.map((_, index) => parts.slice(0, index + 1).join(''))
}
