import { problemHeaders } from '../http/errors.ts'
import { acceptsExplicitly } from '../http/fields.ts'
import type { AppContext } from '../http/state.ts'
import type { Problem } from '../problems.ts'
import { answerPage, toSignIn } from './page.ts'
import type { Site } from './site.ts'
import { fill, formatWait, languageOf, type Language } from './texts.ts'
import type { Texts } from './texts/en.ts'

export function isApiClient(context: AppContext): boolean {
  return acceptsExplicitly(context.get('accept'), 'application/json')
}

/** Checks whether a client is a browser that opens a page: it accepts HTML, and not JSON. */
export function isBrowser(context: AppContext): boolean {
  return acceptsExplicitly(context.get('accept'), 'text/html') && !isApiClient(context)
}

/**
 * Shows a problem as a page, if a browser has opened a path under /account/ or /console/.
 * @returns false if the client gets the problem document
 */
export function answerProblemPage(context: AppContext, site: Site, problem: Problem): boolean {
  if (!/^\/(account|console)(\/|$)/.test(context.path) || !isBrowser(context)) return false
  const language = languageOf(context)
  const { title, text } = explainProblem(problem, site, language, context.state.requestId)
  context.vary('Accept')
  answerPage(context, site, language, { title, isError: true, text, next: toSignIn(site, language) })
  return true
}

/** Explains a problem to a person. */
export function explainProblem(
  problem: Problem,
  { texts }: Site,
  language: Language,
  requestId = '',
): { title: string; text: string } {
  const { problems } = texts[language]
  const { title, text } = problems[isExplained(problem.code, problems) ? problem.code : 'invalid']
  const wait = Number(problemHeaders(problem)['Retry-After'] ?? 0)
  return { title, text: fill(text, { requestId, when: formatWait(wait, language) }) }
}

function isExplained(code: string, problems: Texts['problems']): code is keyof Texts['problems'] {
  return Object.hasOwn(problems, code)
}
