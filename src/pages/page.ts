import { isUtf8 } from 'node:buffer'
import { isUtf8Type, readBytes } from '../http/body.ts'
import { problemHeaders } from '../http/errors.ts'
import type { AppContext } from '../http/state.ts'
import { Problem } from '../problems.ts'
import { markup, type Markup } from './markup.ts'
import { texts, type Texts } from './texts.ts'

// A form without JavaScript needs only a style sheet and the permission to be sent to this origin.
const policy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// The maxLength of a code in the contract.
const maxCodeLength = 256

const passwordErrors = [
  'password_too_short',
  'password_too_common',
  'password_too_personal',
  'password_mismatch',
] as const

export type Content = { title: string; text?: string; alert?: string; more?: Markup }

/** Returns the texts in the language that the browser prefers. */
export function textsFor(context: AppContext): { language: 'en' | 'ru'; t: Texts } {
  const language = context.acceptsLanguages('en', 'ru') === 'ru' ? 'ru' : 'en'
  return { language, t: texts[language] }
}

export function answerPage(context: AppContext, language: string, { title, text, alert, more }: Content): void {
  context.set('Content-Security-Policy', policy)
  context.vary('Accept-Language')
  context.type = 'html'
  const page = markup`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="stylesheet" href="${context.state.basePath}/account/style.css">
</head>
<body>
<main>
<h1>${title}</h1>
${alert === undefined ? undefined : markup`<p role="alert">${alert}</p>`}
${text === undefined ? undefined : markup`<p>${text}</p>`}
${more}
</main>
</body>
</html>
`
  context.body = String(page)
}

/** Reads the code of a mailed link. @returns undefined if the link has no code, or a text that cannot be a code */
export function codeOf(context: AppContext): string | undefined {
  const { code } = context.query
  return typeof code === 'string' && code.trim() !== '' && code.length <= maxCodeLength ? code : undefined
}

/** Answers a link without a code with a page that has no form. */
export function answerIncomplete(context: AppContext, title: string): void {
  const { language, t } = textsFor(context)
  answerPage(context, language, { title, alert: t.incomplete })
}

/**
 * Reads the fields of a form in UTF-8, each at most once. Malformed UTF-8 is refused. Otherwise the decoder would
 * replace all malformed characters by the same character, and different passwords would become equal.
 * @throws Problem unsupported_media_type, invalid, content_too_large
 */
export async function readForm(context: AppContext): Promise<Record<string, string>> {
  if (!isUtf8Type(context.req, 'application/x-www-form-urlencoded')) throw new Problem('unsupported_media_type')
  const bytes = await readBytes(context.req)
  const text = bytes.toString()
  const fields = new URLSearchParams(text)
  if (!isUtf8(bytes) || !isDecodable(text) || new Set(fields.keys()).size < fields.size)
    throw new Problem('invalid', { detail: 'The body is not a form in UTF-8 with each field once.' })
  return Object.fromEntries(fields)
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** Shows the page again, with the error in the user's language. @throws `error` itself if the user cannot fix it */
export function answerError(context: AppContext, error: unknown, content: Omit<Content, 'alert'>, t: Texts): void {
  if (!(error instanceof Problem)) throw error
  context.state.problem = error
  const { language } = textsFor(context)
  context.status = error.status
  context.set(problemHeaders(error))
  answerPage(context, language, { ...content, alert: explain(error, t) })
}

function explain(problem: Problem, t: Texts): string {
  const [fieldError] = problem.errors ?? []
  if (problem.code === 'invalid' && fieldError?.pointer === '/code') return t.code_invalid
  const passwordError = passwordErrors.find((code) => code === fieldError?.code)
  if (passwordError) return t[passwordError]
  if (problem.code === 'code_invalid' || problem.code === 'invalid' || problem.code === 'unavailable')
    return t[problem.code]
  throw problem
}
