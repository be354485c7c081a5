import type { CheckName, Verdict } from './checks.ts'
import type { Mutation } from './workspace.ts'

export type Outcome = { mutation: Mutation; verdicts: Verdict[] }

const checks: CheckName[] = ['contract:test', 'contract:test --write', 'contract:diff', 'npm test']

const isNoticed = ({ verdicts }: Outcome) => verdicts.some(({ complaint }) => complaint !== undefined)
/** Whether no check noticed a mutation, and the mutation has no reason for this in `survives`. */
export const isMissed = (outcome: Outcome) => !isNoticed(outcome) && outcome.mutation.survives === undefined

/** Formats the result of each check for a mutation. */
export function formatOutcome({ mutation, verdicts }: Outcome): string {
  const lines = verdicts.map(({ check, complaint }) =>
    complaint === undefined ? `  – ${check} notices nothing` : `  ✓ ${check}: ${complaint.slice(0, 200)}`,
  )
  return [`${mutation.id}: ${mutation.mistake}`, ...lines].join('\n')
}

/**
 * Formats the score of each check and of all checks together, and the mutations that no check noticed, with their
 * reasons.
 */
export function formatScore(outcomes: Outcome[]): string {
  const scores = checks.flatMap((check) => {
    const verdicts = outcomes.flatMap((outcome) => outcome.verdicts.filter((verdict) => verdict.check === check))
    const noticed = verdicts.filter(({ complaint }) => complaint !== undefined)
    return verdicts.length === 0 ? [] : [formatCount(check, noticed.length, verdicts.length)]
  })
  const survivors = outcomes.filter((outcome) => !isNoticed(outcome))
  const reasons = survivors.map(
    ({ mutation: { id, mistake, survives = 'No reason is known: a check is missing.' } }) =>
      `  ${id}: ${mistake}. ${survives}`,
  )
  const needless = outcomes.filter((outcome) => isNoticed(outcome) && outcome.mutation.survives !== undefined)
  return [
    ...scores,
    formatCount('noticed', outcomes.length - survivors.length, outcomes.length),
    ...(reasons.length > 0 ? ['', 'Survivors:', ...reasons] : []),
    ...needless.map(({ mutation: { id } }) => `${id} is noticed: remove its reason to survive.`),
  ].join('\n')
}

function formatCount(name: string, noticed: number, all: number): string {
  return `${name.padEnd(22)} ${noticed} of ${all} (${((100 * noticed) / all).toFixed(1)} %)`
}
