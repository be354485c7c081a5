import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Fact } from './facts.ts'

/** The folder of the records that a complete run of the tests writes. */
export const recordsFolder = process.env['COVERAGE_RECORDS'] ?? join(import.meta.dirname, '../../coverage')
const factsFile = join(recordsFolder, 'last.json')

/** Reads the facts that the workers of one run wrote: a file for each worker, a fact in JSON on each line. */
export function collectFacts(folder: string): Set<Fact> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'))
  const texts = names.map((name) => readFileSync(join(folder, name), 'utf8'))
  const lines = texts.flatMap((text) => text.split('\n')).filter((line) => line !== '')
  return new Set(lines.map((line) => JSON.parse(line) as Fact))
}

export function saveFacts(seen: ReadonlySet<Fact>): void {
  mkdirSync(dirname(factsFile), { recursive: true })
  writeFileSync(factsFile, `${JSON.stringify([...seen].sort(), null, 1)}\n`)
}

/** Loads the facts of the last complete test run. @returns the facts, or undefined if there is no record */
export function loadFacts(): Set<Fact> | undefined {
  try {
    return new Set(JSON.parse(readFileSync(factsFile, 'utf8')) as Fact[])
  } catch {
    return undefined
  }
}
