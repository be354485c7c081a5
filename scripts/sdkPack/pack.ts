import { execFile } from 'node:child_process'
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { minify } from 'terser'
import ts from 'typescript'
import { StartError } from '../../src/problems.ts'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022, // Node 18
  module: ts.ModuleKind.NodeNext,
  lib: ['lib.esnext.d.ts'],
  types: ['node'],
  typeRoots: [join(root, 'node_modules/@types')],
  strict: true,
  exactOptionalPropertyTypes: true,
  rewriteRelativeImportExtensions: true,
  skipLibCheck: true,
}

/**
 * Compiles generated/sdk/ and packs it for npm: small JavaScript, source maps with their sources, and types with
 * their comments.
 * @param destination the folder of the tarball
 * @returns the path of the tarball
 * @throws StartError if the SDK does not compile
 */
export async function packSdk(destination: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-sdk-'))
  try {
    await writeFile(join(folder, 'package.json'), `${JSON.stringify(await makeManifest(), null, 2)}\n`)
    await cp(join(root, 'generated/sdk'), join(folder, 'src'), { recursive: true })
    const outDir = join(folder, 'dist')
    compile(folder, { outDir, declaration: true, emitDeclarationOnly: true })
    compile(folder, { outDir, sourceMap: true, inlineSources: true })
    for (const name of await readdir(outDir)) if (name.endsWith('.js')) await shrink(outDir, name)
    await copyFile(join(root, 'LICENSE'), join(folder, 'LICENSE'))
    await copyFile(join(import.meta.dirname, 'README.md'), join(folder, 'README.md'))
    await mkdir(destination, { recursive: true })
    const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', destination], { cwd: folder })
    return join(destination, stdout.trim())
  } finally {
    await rm(folder, { recursive: true })
  }
}

function compile(folder: string, options: ts.CompilerOptions): void {
  const program = ts.createProgram([join(folder, 'src/index.ts')], { ...compilerOptions, ...options })
  const { diagnostics } = program.emit()
  const [error] = [...ts.getPreEmitDiagnostics(program), ...diagnostics]
  if (error) throw new StartError(`generated/sdk: ${ts.flattenDiagnosticMessageText(error.messageText, '\n')}`)
}

/** Minifies a file, and makes its source map refer to the TypeScript source. */
async function shrink(folder: string, name: string): Promise<void> {
  const [file, mapFile] = [join(folder, name), join(folder, `${name}.map`)]
  const content = await readFile(mapFile, 'utf8')
  const { code = '', map } = await minify(
    { [name]: await readFile(file, 'utf8') },
    { module: true, ecma: 2020, sourceMap: { content, url: `${name}.map`, includeSources: true } },
  )
  await writeFile(file, code)
  await writeFile(mapFile, typeof map === 'string' ? map : JSON.stringify(map))
}

async function makeManifest(): Promise<object> {
  const { version, license } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Record<string, string>
  return {
    name: 'gatehouse-sdk',
    version,
    description: 'The client of the accounts service Gatehouse',
    license,
    type: 'module',
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' }, './package.json': './package.json' },
    files: ['dist'],
    sideEffects: false,
    engines: { node: '>=18' },
  }
}
