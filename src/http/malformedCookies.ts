import type { Operation } from 'openapi-backend'
import { Problem } from '../problems.ts'

/**
 * Runs the validation of a request. If it refuses a cookie, the reply deletes the cookie: a script cannot delete it, and
 * the browser would otherwise send it with each further request.
 * @param deleteCookies returns the header fields that delete the cookie
 * @throws Problem as the validation
 */
export function deletingMalformedCookies<Input>(
  { parameters = [] }: Operation,
  deleteCookies: () => Record<string, string>,
  validate: () => Input,
): Input {
  try {
    return validate()
  } catch (error) {
    if (!(error instanceof Problem) || !error.errors) throw error
    const refused = new Set(error.errors.map(({ parameter }) => parameter))
    const isCookieRefused = parameters.some(
      (parameter) => 'in' in parameter && parameter.in === 'cookie' && refused.has(parameter.name),
    )
    throw isCookieRefused ? new Problem(error.code, { errors: error.errors, headers: deleteCookies() }) : error
  }
}
