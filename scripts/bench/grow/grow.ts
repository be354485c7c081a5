import { joinRounds, type Figure, type RoundOptions } from '../figures.ts'
import { Failures } from '../failures.ts'
import { describeMachine, type Report } from '../report.ts'
import { formatNumber } from '../table.ts'
import { say, withLab } from '../withLab.ts'
import { measureDrops } from './drops.ts'
import { chooseSteps } from './reads.ts'
import { Growth } from './steps.ts'

/** The connections of the loads: the reads of a step are made one after the other. */
const connections = 1

type Step = { case: string; figures: Figure[] }

/** Fills the tables up to `maximum` rows and measures after each step. */
export function grow(maximum: number, seconds: number): Promise<Report> {
  const options: RoundOptions = { seconds, warm: 1, connections }
  return withLab(async (lab) => {
    const failures = new Failures()
    const machine = await describeMachine(lab.cluster)
    await lab.restart()
    const growth = await Growth.prepare({ lab, options, fail: failures.of('fill') }, say)
    const steps: Step[] = []
    const add = (name: string, figures: Figure[]) => {
      steps.push({ case: name, figures })
      for (const { name: what, value, unit } of figures) say(`${name}: ${what} ${formatNumber(value)} ${unit}`)
    }
    for (const rows of chooseSteps(maximum)) {
      const name = nameStep(rows)
      add(name, await growth.growTo(rows))
      add(name, await growth.measureReads(failures.of(name)))
    }
    add(nameStep(maximum), await measureDrops({ lab, options, fail: failures.of('drop') }))
    const lines = joinRounds(compareToFirst(steps))
    return { machine, options: { ...options, rounds: 1 }, lines, failures: failures.counts }
  })
}

/** Gives each latency of a later step that of the first step as its baseline. */
export function compareToFirst(steps: readonly Step[]): Step[] {
  const [first] = steps
  const known = new Map(
    steps
      .filter((step) => step.case === first?.case)
      .flatMap(({ figures }) => figures.map((one) => [one.name, one.value])),
  )
  return steps.map((step) => ({
    ...step,
    figures: step.figures.map((figure) => {
      const value = known.get(figure.name)
      const isFirst = step.case === first?.case
      if (isFirst || figure.unit !== 'ms' || figure.baseline || value === undefined) return figure
      return { ...figure, baseline: { name: first?.case ?? '', value } }
    }),
  }))
}

export function nameStep(rows: number): string {
  return `${rows.toLocaleString('en-US')} rows`
}
