import { cases } from './cases.ts'
import { Failures } from './failures.ts'
import { joinRounds, type Case, type Figure, type Line, type RoundOptions } from './figures.ts'
import type { BenchLab } from './lab.ts'
import { readReport } from './report.ts'
import { runMe } from './requests.ts'
import { say, withLab } from './withLab.ts'

/** The part of a recorded ratio that a run must reach. */
const leastShare = 0.75
const rounds = 3
const options: RoundOptions = { seconds: 1, warm: 0.5, connections: 32 }
/** A sign-in takes half a second, so its rate needs more time. */
const signInSeconds = 3
const warmUpSeconds = 3
const checked = cases.filter(({ name }) => ['me', 'refresh', 'sign-in'].includes(name))

/** What the check judges of a case: the ratio of its rate to the rate of its first baseline. */
export type Verdict = { case: string; baseline: string; recorded: number; ratio: number; isWorse: boolean }

/**
 * Measures a few short rounds and compares the ratios with those of a file. A case with a ratio that is too low is
 * measured a second time, and the second result counts.
 * @returns the exit code
 */
export async function checkRatios(file: string): Promise<number> {
  const recorded = (await readReport(file)).lines
  const failures = new Failures()
  const verdicts = await withLab(async (lab) => {
    await lab.restart()
    // A new process serves its first thousands of requests slowly, until V8 has compiled their code.
    await runMe({ lab, options: { ...options, seconds: warmUpSeconds }, fail: failures.of('warm-up') })
    const first = judge(recorded, await measureRounds(lab, checked, failures))
    const worse = first.filter(({ isWorse }) => isWorse)
    for (const verdict of worse) say(`${formatVerdict(verdict)}: measures again`)
    const again = checked.filter(({ name }) => worse.some((verdict) => verdict.case === name))
    const second = judge(recorded, await measureRounds(lab, again, failures))
    return [...first.filter(({ isWorse }) => !isWorse), ...second]
  })
  for (const verdict of verdicts) console.log(formatVerdict(verdict))
  for (const [what, count] of Object.entries(failures.counts)) console.log(`FAILED ${count} ×: ${what}`)
  return verdicts.some(({ isWorse }) => isWorse) || Object.keys(failures.counts).length > 0 ? 1 : 0
}

async function measureRounds(lab: BenchLab, chosen: readonly Case[], failures: Failures): Promise<Line[]> {
  const measured: { case: string; figures: Figure[] }[] = []
  for (let round = 1; round <= rounds; round++) {
    for (const { name, measure } of chosen) {
      const seconds = name === 'sign-in' ? signInSeconds : options.seconds
      const figures = await measure({ lab, options: { ...options, seconds }, fail: failures.of(name) })
      measured.push({ case: name, figures })
      say(`round ${round} of ${rounds}, ${name}`)
    }
  }
  return joinRounds(measured)
}

/** Compares the rates of a run with the recorded ones. A case without a ratio, in either of them, counts as worse. */
export function judge(recorded: readonly Line[], lines: readonly Line[]): Verdict[] {
  const rates = lines.filter(({ figure, baseline }) => figure === 'rate' && baseline !== undefined)
  const firsts = rates.filter((line, at) => rates.findIndex((one) => one.case === line.case) === at)
  return firsts.map(({ case: name, baseline = '', ratio = NaN }) => {
    const known = recorded.find((line) => line.case === name && line.figure === 'rate' && line.baseline === baseline)
    const least = (known?.ratio ?? NaN) * leastShare
    return { case: name, baseline, recorded: known?.ratio ?? NaN, ratio, isWorse: !(ratio >= least) }
  })
}

export function formatVerdict({ case: name, baseline, recorded, ratio, isWorse }: Verdict): string {
  const change = (ratio / recorded - 1) * 100
  const percent = `${change < 0 ? '−' : '+'}${Math.abs(change).toFixed(0)} %`
  return `${isWorse ? 'WORSE' : 'ok'} ${name}: ${ratio.toFixed(3)} × ${baseline}, recorded ${recorded.toFixed(3)} (${percent})`
}
