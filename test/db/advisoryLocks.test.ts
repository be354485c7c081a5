import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const readText = (path: string) => readFileSync(join(root, path), 'utf8')

/** Matches calls such as `pg_advisory_xact_lock(hashtextextended(:userId::text, 0))`, with nested parentheses. */
const call = /\bpg_(?:try_)?advisory_\w+\(((?:[^()]|\([^()]*\))*)\)/g

/** Returns the keys of the locks that the sources acquire. Constants are replaced by their values. */
function readKeys(files: string[]): string[] {
  const sources = files.map(readText)
  const valueOf = (constant: string): string => {
    const name = constant.split('.').at(-1) ?? ''
    const definition = new RegExp(`\\b${name}(?: =|:) (?:'([\\d, ]+)'|([\\d_]+))`)
    const [, text, number] = sources.map((source) => definition.exec(source)).find((match) => match !== null) ?? []
    return text ?? number?.replaceAll('_', '') ?? `unknown: ${constant}`
  }
  const keys = sources.flatMap((source) => [...source.matchAll(call)].map(([, key = '']) => key))
  return keys.map((key) => key.replace(/\$\{([\w.]+)\}/g, (_, constant: string) => valueOf(constant)))
}

describe('advisory locks', () => {
  it('use only the keys that sql/README.md lists, and all of them', () => {
    const [, section = ''] = /^## Advisory locks$([\s\S]*?)(?:^## |$(?![\s\S]))/m.exec(readText('sql/README.md')) ?? []
    const listed = [...section.matchAll(/^- `([^`]+)`/gm)].map(([, key]) => key)
    const files = globSync(['sql/**/*.sql', 'src/**/*.ts'], { cwd: root })
      .filter((path) => /advisory/i.test(readText(path)))
      .sort()
    assert.deepEqual([...new Set(readKeys(files))].sort(), listed.sort())
  })
})
