import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompressSync } from 'node:zlib'
import ts from 'typescript'
import { generateSdk } from '../../scripts/generate/sdk.ts'
import { readOpenApi } from '../../scripts/openapi.ts'
import { packSdk } from '../../scripts/sdkPack/pack.ts'
import { password, TestService } from '../support/service.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

const product = `
import { Client, Problem, UnexpectedAnswer, localStore, type ClientOptions, type TokenStore, type User } from 'gatehouse-sdk'

declare global {
  namespace fetch {
    function preconnect(url: string): void // a member as in Bun
  }
}
const store: TokenStore | undefined = typeof localStorage === 'undefined' ? undefined : localStore()
const options: ClientOptions = { baseUrl: 'http://localhost:8000', storage: store, log: ({ status }) => console.log(status) }
const client = new Client({ ...options, fetch: async (input, init) => fetch(input, init) })
const me: User = await client.getMe({ timeout: 1000, signal: AbortSignal.timeout(500) })
const token: string | undefined = await client.accessToken()
const reply: Response = await client.fetch('/orders', { method: 'POST', body: '{}' })
for await (const log of client.iterateLoginLogs({ page_size: 2 })) console.log(log.timestamp satisfies string)
for await (const page of client.iterateLoginLogs().pages()) console.log(page.count satisfies number)
try {
  const isReached: boolean = await client.signOut()
  console.log(me, token, reply.ok, isReached)
} catch (error) {
  if (error instanceof Problem) console.log(error.code, error.detail, error.errors, error.requestId)
  if (error instanceof UnexpectedAnswer) console.log(error.text, error.retryAfter)
}
// @ts-expect-error the body has no such member
await client.updateMe({ nothing: 1 })
`

const flow = `
import { Client, Problem } from 'gatehouse-sdk'

const [baseUrl, email, password] = process.argv.slice(2)
const client = new Client({ baseUrl })
await client.createToken({ email, password })
console.log((await client.getMe()).email)
for await (const log of client.iterateLoginLogs()) console.log(log.user_agent)
await client.signOut()
await client.getMe().catch((error) => console.log(error instanceof Problem, error.code))
`

describe('npm run sdk:pack', () => {
  let folder: string
  let files: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-product-'))
    const tarball = await packSdk(folder)
    await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: folder })
    files = join(folder, 'node_modules/gatehouse-sdk')
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const read = (name: string) => readFile(join(files, name), 'utf8')
  const scripts = async () => (await readdir(join(files, 'dist'))).filter((name) => name.endsWith('.js'))

  it('makes a package of at most 4.5 kB of compressed JavaScript, without dependencies', async () => {
    const manifest = JSON.parse(await read('package.json')) as Record<string, unknown>
    assert.deepEqual([manifest['type'], manifest['sideEffects'], manifest['license']], ['module', false, 'MIT'])
    assert.equal(manifest['version'], readOpenApi().info.version)
    assert.deepEqual(
      Object.keys(manifest).filter((name) => /dependencies|scripts/i.test(name)),
      [],
    )
    const code = await Promise.all((await scripts()).map((name) => read(`dist/${name}`)))
    const size = brotliCompressSync(code.join('')).length
    assert.ok(size > 1000 && size <= 4608, `${size} bytes`)
    assert.match(await read('LICENSE'), /MIT License/)
  })

  it('adds source maps that contain the TypeScript sources', async () => {
    const withCode = (await scripts()).filter((name) => !['types.js', 'options.js'].includes(name))
    assert.ok(withCode.length > 5)
    for (const name of withCode) {
      assert.match(await read(`dist/${name}`), new RegExp(`//# sourceMappingURL=${name}.map$`))
      const map = JSON.parse(await read(`dist/${name}.map`)) as { sources: string[]; sourcesContent: string[] }
      const source = name.replace('.js', '.ts')
      assert.deepEqual(map.sources, [`../src/${source}`])
      assert.deepEqual(map.sourcesContent, [await readFile(join(root, 'generated/sdk', source), 'utf8')])
    }
  })

  const resolutions = [
    ['nodenext, with the types of Node', { module: ts.ModuleKind.NodeNext, lib: ['lib.esnext.d.ts'], types: ['node'] }],
    [
      'bundler, with the types of a browser',
      {
        module: ts.ModuleKind.ESNext,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
        lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
        types: [],
      },
    ],
  ] as const
  for (const [name, options] of resolutions)
    it(`makes types that programs with strict settings can use: ${name}`, async () => {
      const file = join(folder, 'product.ts')
      await writeFile(file, product)
      const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true }
      const program = ts.createProgram([file], {
        ...strict,
        ...options,
        lib: [...options.lib],
        types: [...options.types],
        typeRoots: [join(root, 'node_modules/@types')],
        target: ts.ScriptTarget.ES2022,
        isolatedModules: true,
        noEmit: true,
      })
      const faults = ts.getPreEmitDiagnostics(program)
      assert.deepEqual(
        faults.map(
          (fault) => `${fault.file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(fault.messageText, ' ')}`,
        ),
        [],
      )
      assert.ok(program.getSourceFile(join(files, 'dist/types.d.ts')))
    })

  it('documents members and operations in the types', async () => {
    assert.match(await read('dist/index.d.ts'), /@throws Problem with status 400/)
    assert.match(await read('dist/types.d.ts'), /\/\*\* /)
  })

  describe('the package and a running service', () => {
    let service: TestService
    before(async () => (service = await TestService.start()))
    after(() => service.stop())

    it('work together in Node from node_modules', async () => {
      const { email } = await service.activeUser()
      await writeFile(join(folder, 'flow.js'), flow)
      // Also runs the Node of the system, if there is one, because it is usually older.
      for (const node of [process.execPath, 'node']) {
        const { stdout } = await run(node, ['flow.js', service.url, email, password], { cwd: folder })
        const lines = stdout.trim().split('\n')
        assert.deepEqual([lines[0], lines.at(-1)], [email, 'true not_authenticated'])
        assert.match(lines[1] ?? '', /^gatehouse-sdk\/\d/)
      }
    })
  })
})

describe('the generator of the TypeScript SDK', () => {
  it('marks deprecated members, parameters and operations', async () => {
    const openApi = readOpenApi()
    assert.doesNotMatch((await generateSdk(openApi))['sdk/index.ts'] ?? '', /@deprecated/)
    const operation = openApi.paths['/api/v1/logs/login/']?.['get']
    const name = openApi.components.schemas['User']?.properties?.['first_name']
    const parameter = operation?.parameters?.[0]
    assert.ok(operation && name && parameter)
    for (const outdated of [operation, name, parameter]) outdated.deprecated = true
    const { 'sdk/index.ts': client = '', 'sdk/types.ts': types = '' } = await generateSdk(openApi)
    assert.match(client, /@deprecated\n +\*\/\n +listLoginLogs\(/)
    assert.match(client, /@deprecated\n +\*\/\n +iterateLoginLogs\(/)
    assert.match(client, new RegExp(`@deprecated\\n +\\*/\\n +${parameter.name}\\?:`))
    assert.match(types, /@deprecated\n +\*\/\n +first_name: string/)
  })
})
