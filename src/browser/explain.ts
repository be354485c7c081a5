import { Problem, UnexpectedAnswer } from '../../generated/sdk/index.ts'
import { fill, formatWait } from './language.ts'
import { CookieRefused } from './session.ts'
import { settings } from './settings.ts'
import { texts } from './texts.ts'
import type { Texts } from './texts/en.ts'

/** The messages that a form shows after an error: one for the whole form, and one for each invalid field. */
export type Explanation = { alert?: string; fields: Record<string, string> }

/** A form error with its explanation, for errors that the page itself detects. */
export class ExplainedError extends Error {
  readonly explanation: Explanation

  constructor(explanation: Explanation) {
    super(explanation.alert ?? Object.values(explanation.fields).join(' '))
    this.explanation = explanation
  }
}

/** Explains why a call failed, in the language of the page. */
export function explain(error: unknown): Explanation {
  if (error instanceof ExplainedError) return error.explanation
  const { problems, fields, cookies } = texts.value
  if (error instanceof CookieRefused) return { alert: isSecureContext ? cookies.blocked : cookies.insecure, fields: {} }
  if (error instanceof UnexpectedAnswer) return { alert: problems.unavailable, fields: {} }
  if (!(error instanceof Problem)) return { alert: problems.offline, fields: {} }
  if (error.code === 'current_password_incorrect') return { fields: { current_password: fields.current_password } }
  if (error.code === 'email_taken') return { fields: { email: fields.email_taken } }
  if (error.code === 'invalid') {
    const named = error.errors
      .map(({ pointer, parameter, code }) => ({ pointer: pointer ?? `/${parameter}`, code }))
      .filter(({ pointer }) => /^\/\w+$/.test(pointer))
    if (named.length > 0)
      return {
        fields: Object.fromEntries(
          named.toReversed().map(({ pointer, code }) => [pointer.slice(1), explainField(pointer, code, fields)]),
        ),
      }
  }
  const { code } = error
  const text = isExplained(code, problems) ? problems[code] : problems.other
  return { alert: fill(text, { when: formatWait(error.retryAfter ?? 0), id: error.requestId }), fields: {} }
}

function isExplained(code: string, problems: Texts['problems']): code is keyof Texts['problems'] {
  return Object.hasOwn(problems, code)
}

function explainField(pointer: string, code: string, fields: Texts['fields']): string {
  const isEmail = pointer === '/email'
  if (code === 'required' || code === 'min_length') return isEmail ? fields.email : fields.required
  if (isEmail && (code === 'format' || code === 'pattern' || code === 'max_length')) return fields.email
  if (pointer === '/ip_address') return fields.ip_address
  const text = Object.hasOwn(fields, code) ? fields[code as keyof Texts['fields']] : fields.other
  return fill(text, { minimum: String(settings.passwordMinLength) })
}
