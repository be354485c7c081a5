import type Router from '@koa/router'
import type { AppContext, AppState } from '../http/state.ts'
import { Problem, type ProblemCode } from '../problems.ts'
import { markup, type Markup } from './markup.ts'
import { answerPage } from './page.ts'
import { russianProblems } from './problemTexts.ts'
import type { Site } from './site.ts'
import { languageOf } from './texts.ts'

/** The contract's description of each problem code. Backticks mark source code. */
export type ProblemDescriptions = Readonly<Record<ProblemCode, string>>

/**
 * Serves a page about each problem code. The `type` of a problem document is the URL of this page (RFC 9457, 3.1.1).
 * The pages are for developers, so their English texts are those of the contract.
 * @param reference the path of the documentation to which the pages link
 */
export function serveProblems(
  router: Router<AppState>,
  site: Site,
  descriptions: ProblemDescriptions,
  reference: string,
): void {
  router.get('/problems/:code', (context: AppContext & { params: { code: string } }) => {
    const { code } = context.params
    if (!isProblemCode(code, descriptions)) throw new Problem('not_found')
    const language = languageOf(context)
    const { status, title } = new Problem(code)
    const page = { en: { title, text: descriptions[code] }, ru: russianProblems[code] }[language]
    const more = markup`<p>HTTP ${String(status)} · <code>${code}</code></p>
<p>${formatCode(page.text)}</p>
<p><a href="${reference}">${site.texts[language].reference}</a></p>`
    context.set('Cache-Control', 'public, max-age=3600')
    answerPage(context, site, language, { title: page.title, more })
  })
}

function isProblemCode(code: string, descriptions: ProblemDescriptions): code is ProblemCode {
  return Object.hasOwn(descriptions, code)
}

/** Formats a text in which backticks mark source code. */
function formatCode(text: string): Markup {
  const parts = text.split('`').map((part, index) => (index % 2 === 0 ? markup`${part}` : markup`<code>${part}</code>`))
  return parts.reduce((whole, part) => markup`${whole}${part}`, markup``)
}
