import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Metafile } from 'esbuild'

const root = join(import.meta.dirname, '../..') // a URL would escape a space in the path

/**
 * Bundles the pages that run in browsers. Each file has a hash of its content in its name, so that browsers may keep it
 * for ever. `manifest.json` has the file of each entry.
 * @returns the content of each file by its path in generated/
 */
export async function generatePages(): Promise<Record<string, string>> {
  const entries = ['entry', 'account', 'console']
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    preserveSymlinks: true, // the hashes depend on the paths of the sources
    entryPoints: entries.map((name) => `src/browser/${name}.tsx`),
    outdir: 'generated/pages',
    entryNames: '[name]-[hash]',
    chunkNames: 'shared-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    charset: 'utf8', // escapes of Cyrillic letters are longer
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'silent',
    tsconfig: 'src/browser/tsconfig.json',
  })
  const files = Object.fromEntries(
    outputFiles.map(({ path, text }) => [path.slice(path.indexOf('generated/') + 'generated/'.length), text]),
  )
  const manifest = Object.fromEntries(
    Object.entries(metafile.outputs).flatMap(([path, { entryPoint, cssBundle }]) => {
      const name = entries.find((entry) => entryPoint === `src/browser/${entry}.tsx`)
      const base = (file: string) => file.slice(file.lastIndexOf('/') + 1)
      if (name === undefined) return []
      const shared = findImports(metafile, path, 'import-statement').map(base)
      const later = findImports(metafile, path, 'dynamic-import').map(base)
      return [[name, { script: base(path), shared, later, ...(cssBundle ? { style: base(cssBundle) } : {}) }] as const]
    }),
  )
  return {
    ...files,
    'pages/manifest.json': `${JSON.stringify(manifest, null, 2)}\n`,
    'pages/LICENSES.txt': await readLicences(Object.keys(metafile.inputs)),
  }
}

/** Finds the files that a file imports at once or later, directly or through other files. */
function findImports({ outputs }: Metafile, entry: string, kind: 'import-statement' | 'dynamic-import'): string[] {
  const findAll = (path: string): string[] =>
    (outputs[path]?.imports ?? [])
      .filter((imported) => imported.kind === kind)
      .flatMap(({ path }) => [path, ...findAll(path)])
  return [...new Set(findAll(entry))].sort()
}

/** Collects the licences of the packages in the bundles, which have to come with copies of their code. */
async function readLicences(inputs: readonly string[]): Promise<string> {
  const packages = inputs.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [])
  const texts = [...new Set(packages)].sort().map(async (name) => {
    const text = await readFile(join(root, 'node_modules', name, 'LICENSE'), 'utf8')
    return `${name}\n\n${text.trim()}\n`
  })
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`)
}
