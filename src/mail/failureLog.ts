import type { Log } from '../jobs/log.ts'
import type { Failure } from './refusal.ts'

const minute = 60_000

/**
 * Logs failed attempts. A failure that needs the operator is logged at `error`: one line for each mail that failed for
 * good. While the mail server refuses the service itself, every attempt fails in the same way, so at most one line in
 * a minute with the same hint is at `error`, and the others are at `warn`.
 */
export class FailureLog {
  readonly #log: Log | undefined
  readonly #lastErrors = new Map<string, number>()

  constructor(log: Log | undefined) {
    this.#log = log
  }

  /** @param fields name the mail and the redacted reason */
  add(failure: Failure, isLast: boolean, fields: object): void {
    if (failure.kind === 'service') this.#addRefusal(failure.hint, isLast, fields)
    else if (isLast) this.#log?.error(fields, 'mail failed')
    else this.#log?.warn(fields, 'mail not sent yet')
  }

  #addRefusal(hint: string, isLast: boolean, fields: object): void {
    const isDue = performance.now() - (this.#lastErrors.get(hint) ?? -Infinity) >= minute
    if (isDue) this.#lastErrors.set(hint, performance.now())
    const level = isDue || isLast ? 'error' : 'warn'
    this.#log?.[level]({ ...fields, hint }, isLast ? 'mail failed' : 'mail not sent yet')
  }
}
