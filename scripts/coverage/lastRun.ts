import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readContract } from './contract.ts'
import { documentedFacts, type Fact } from './facts.ts'
import { coverageFaults, coverageTable } from './report.ts'

const root = join(import.meta.dirname, '../..')
/** Where a whole run leaves what it saw. */
export const records = process.env['COVERAGE_RECORDS'] ?? join(root, 'coverage')
const record = join(records, 'last.json')

export type Judgement = { table: string; faults: string[] }

/** The records that the workers of one run left, one file each, one fact in JSON a line. */
export function collect(folder: string): Set<Fact> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'))
  const texts = names.map((name) => readFileSync(join(folder, name), 'utf8'))
  const lines = texts.flatMap((text) => text.split('\n')).filter((line) => line !== '')
  return new Set(lines.map((line) => JSON.parse(line) as Fact))
}

export function keep(seen: ReadonlySet<Fact>): void {
  mkdirSync(dirname(record), { recursive: true })
  writeFileSync(record, `${JSON.stringify([...seen].sort(), null, 1)}\n`)
}

/** @returns undefined where no run has left a record */
export function lastRun(): Set<Fact> | undefined {
  try {
    return new Set(JSON.parse(readFileSync(record, 'utf8')) as Fact[])
  } catch {
    return undefined
  }
}

/** Compares what was seen with openapi.yaml. */
export function judge(seen: ReadonlySet<Fact>): Judgement {
  const documented = documentedFacts(readContract(readFileSync(join(root, 'openapi.yaml'), 'utf8')))
  return { table: coverageTable(documented, seen), faults: coverageFaults(documented, seen) }
}

export function describe({ table, faults }: Judgement): string {
  const verdict =
    faults.length === 0
      ? 'The tests saw exactly what openapi.yaml documents.'
      : `The tests did not see exactly what openapi.yaml documents:\n${faults.map((fault) => `  ${fault}`).join('\n')}`
  return `\n${table}\n\n${verdict}\n`
}
