import type { BenchLab } from './lab.ts'
import { median } from '../statistics.ts'

/** What one round measures: a value, and the value of the baseline in the same round. */
export type Figure = {
  name: string
  unit: string
  value: number
  baseline?: { name: string; value: number }
}

export type RoundOptions = { seconds: number; warm: number; connections: number }

export type Round = {
  lab: BenchLab
  options: RoundOptions
  /** Receives the operations that failed. */
  fail: (failures: Record<string, number>) => void
}

export type Case = { name: string; title: string; measure: (round: Round) => Promise<Figure[]> }

/** One line of the table: the figures of all rounds. The ratio is the median of the ratios within a round. */
export type Line = {
  case: string
  figure: string
  unit: string
  baseline?: string
  values: number[]
  baselineValues: number[]
  median: number
  baselineMedian?: number
  ratio?: number
}

/** Joins the figures of the rounds, in the order of the first round. */
export function joinRounds(rounds: readonly { case: string; figures: readonly Figure[] }[]): Line[] {
  const groups = new Map<string, { case: string; figures: Figure[] }>()
  for (const { case: name, figures } of rounds) {
    for (const figure of figures) {
      const key = [name, figure.name, figure.baseline?.name].join('\n')
      const group = groups.get(key) ?? { case: name, figures: [] }
      group.figures.push(figure)
      groups.set(key, group)
    }
  }
  return [...groups.values()].map(({ case: name, figures }) => joinFigures(name, figures))
}

function joinFigures(name: string, figures: readonly Figure[]): Line {
  const [first] = figures
  if (!first) throw new Error('A line needs a figure')
  const values = figures.map(({ value }) => value)
  const baselineValues = figures.flatMap(({ baseline }) => (baseline ? [baseline.value] : []))
  const line = { case: name, figure: first.name, unit: first.unit, values, baselineValues, median: median(values) }
  if (!first.baseline) return line
  const ratio = median(values.map((value, round) => value / (baselineValues[round] ?? NaN)))
  // There is no ratio if every request of the baseline failed.
  return {
    ...line,
    baseline: first.baseline.name,
    baselineMedian: median(baselineValues),
    ...(Number.isFinite(ratio) && { ratio }),
  }
}
