import { toVisible } from './values.ts'

/** What happened to a row for one reason. `undecided`: the operator must decide first. */
export type Outcome = 'skipped' | 'changed' | 'undecided'
export type Entry = { legacy_id: string; email?: string; detail?: string }
type Group<Reason> = { outcome: Outcome; reason: Reason; explanation: string; count: number; entries: Entry[] }

/** The maximum number of entries that a report lists for one reason. The count is complete. */
export const maxEntries = 1000

/** The longest text of a row that a report shows, in UTF-16 code units. */
const maxShown = 300
/** Removes what could move the terminal's cursor or reverse its text. */
const toLine = (text: string) => toVisible(text, maxShown)

/** The rows that were skipped or changed, or need a decision, by the reason. */
export class Findings<Reason extends string> {
  readonly #reasons: Readonly<Record<Reason, string>>
  readonly #groups = new Map<string, Group<Reason>>()

  /** @param reasons the explanation of each reason, and what the operator can do */
  constructor(reasons: Readonly<Record<Reason, string>>) {
    this.#reasons = reasons
  }

  add(outcome: Outcome, reason: Reason, entry?: Entry, count = 1): void {
    const key = `${outcome} ${reason}`
    const explanation = this.#reasons[reason]
    const group = this.#groups.get(key) ?? { outcome, reason, explanation, count: 0, entries: [] }
    this.#groups.set(key, group)
    group.count += count
    if (entry && group.entries.length < maxEntries) group.entries.push(entry)
  }

  get undecided(): number {
    return this.#of('undecided').reduce((sum, { count }) => sum + count, 0)
  }

  toJson(): object {
    return { undecided: this.#of('undecided'), skipped: this.#of('skipped'), changed: this.#of('changed') }
  }

  /** @param shown how many entries of each reason are shown */
  toLines(shown: number): string[] {
    const lines: string[] = []
    for (const outcome of ['undecided', 'skipped', 'changed'] as const)
      for (const { reason, explanation, count, entries } of this.#of(outcome)) {
        lines.push('', `${outcome}, ${reason}: ${formatCount(count)}. ${explanation}`)
        for (const { legacy_id, email, detail } of entries.slice(0, shown))
          lines.push(
            `  ${[legacy_id, email, detail]
              .filter((text) => text !== undefined)
              .map(toLine)
              .join('  ')}`,
          )
        if (entries.length > shown)
          lines.push(`  … and ${formatCount(count - shown)} more; --json lists ${formatCount(maxEntries)}`)
      }
    return lines
  }

  #of(outcome: Outcome): Group<Reason>[] {
    return [...this.#groups.values()].filter((group) => group.outcome === outcome)
  }
}

export function formatCount(count: number): string {
  return count.toLocaleString('en')
}

/** Formats counts as text: "2 imported, 1 skipped". */
export function formatCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts).map(([name, count]) => `${formatCount(count)} ${name}`).join(', ') // prettier-ignore
}
