import type Router from '@koa/router'
import { problemHeaders } from '../http/errors.ts'
import type { Perform } from '../http/mount.ts'
import type { AppContext, AppState } from '../http/state.ts'
import { Problem } from '../problems.ts'
import { readForm } from './forms.ts'
import { linkPages, readLink, type Link, type LinkPageName } from './link.ts'
import { answerDone, answerLink, answerLive, answerRenewal, answerSuperseded } from './linkPage.ts'
import { answerPage, toProduct } from './page.ts'
import { explainProblem, isApiClient } from './problemPage.ts'
import type { Site } from './site.ts'
import { fill } from './texts.ts'

// In milliseconds. If the time for an undo ends within a minute, the page shows the undo as ended. The page shows no
// seconds, and this process's clock may differ from the database's clock.
const minute = 60_000

/**
 * Serves the pages of mailed links. Opening a page changes nothing, and the user presses a button, because a mail
 * scanner opens links, but presses no button (security 30).
 */
export function serveLinks(router: Router<AppState>, perform: Perform, site: Site): void {
  for (const name of Object.keys(linkPages) as LinkPageName[]) {
    const { path } = linkPages[name]
    router.get(path, async (context: AppContext) => {
      answerLink(context, site, await readLink(context, site, name, context.query['code']))
    })
    router.post(path, async (context: AppContext) => {
      const fields = await readForm(context)
      const { code, email } = fields
      if (code === undefined && email !== undefined) {
        const link = await readLink(context, site, name, context.query['code'])
        await requestLink(context, site, perform, { ...link, email })
      } else await useLink(context, site, perform, await readLink(context, site, name, code), fields)
    })
  }
}

/** Does what a link is for. If the link does not work, the page says why. */
async function useLink(
  context: AppContext,
  site: Site,
  perform: Perform,
  link: Link,
  { code = '', password = '', password_confirm = '' }: Record<string, string>,
): Promise<void> {
  const { name } = link
  const input = name === 'restore' ? { code, password, password_confirm } : { code }
  try {
    const { body } = await perform(linkPages[name].operationId, context, input)
    answerSuccess(context, site, link, body)
  } catch (error) {
    // A repetition is shown as a success: a double click sends the form twice, and the browser shows the second
    // reply.
    if (error instanceof Problem && error.isRepetition) {
      answerDone(context, site, link)
      return
    }
    const problem = refuse(context, error)
    // If the link does not work, errors in the passwords do not matter.
    const isDead = problem.errors?.some(({ pointer }) => link.state !== 'live' || pointer === '/code')
    if (problem.code === 'code_invalid' || isDead) {
      const { state, ...rest } = await readLink(context, site, name, code)
      answerLink(context, site, { ...rest, state: state === 'live' ? 'unknown' : state })
    } else answerLive(context, site, link, explain(problem, site, link))
  }
}

/** Requests another mail for an email address, and does not reveal whether the address has an account. */
async function requestLink(
  context: AppContext,
  site: Site,
  perform: Perform,
  link: Link & { email: string },
): Promise<void> {
  const { name, email, language, t } = link
  const { renewal } = linkPages[name]
  if (renewal === undefined) throw new Problem('invalid')
  requireOwnPage(context, site)
  try {
    await perform(renewal, context, { email })
    const { title, text } = t.newLink.sent
    const next = toProduct(site, language, 'secondary')
    answerPage(context, site, language, { title, text: fill(text, { email }), next })
  } catch (error) {
    answerRenewal(context, site, link, explain(refuse(context, error), site, link))
  }
}

/**
 * Refuses a form of another site, which could let its visitors' browsers request mails to any address. Other forms
 * contain a code, which another site does not know. Old browsers send no Sec-Fetch-Site, but an Origin. The page of the
 * form lets them send it; other pages, whose Origin is `null`, are refused. Clients that are no browsers send neither.
 * @throws Problem origin_not_allowed
 */
function requireOwnPage(context: AppContext, site: Site): void {
  const fetchSite = context.get('Sec-Fetch-Site')
  const isOwn =
    fetchSite === ''
      ? ['', site.origin, context.state.client.origin].includes(context.get('Origin'))
      : ['same-origin', 'none'].includes(fetchSite)
  if (!isOwn) throw new Problem('origin_not_allowed')
}

/**
 * Prepares the reply to a form that is shown again because of an error.
 * @throws `error` itself if the form cannot help, or if the client is not a browser
 */
function refuse(context: AppContext, error: unknown): Problem {
  if (!(error instanceof Problem) || error.status === 500 || isApiClient(context)) throw error
  context.state.problem = error
  context.status = error.status
  context.set(problemHeaders(error))
  return error
}

function explain(problem: Problem, site: Site, { language }: Link) {
  if (problem.errors) return { errors: problem.errors }
  return { alert: explainProblem(problem, site, language).text }
}

/**
 * Says what has happened. The members of the reply identify a special kind of success, such as a superseded activation.
 */
function answerSuccess(context: AppContext, site: Site, link: Link, body: unknown): void {
  const { superseded, undo_until: undoUntil } = body as { superseded?: boolean; undo_until?: string }
  if (superseded) answerSuperseded(context, site, link)
  else if (undoUntil === undefined) answerDone(context, site, link)
  else answerConfirmedAgain(context, site, link, new Date(undoUntil))
}

function answerConfirmedAgain(context: AppContext, site: Site, { language, t }: Link, until: Date): void {
  const isForGood = until.getTime() < Date.now() + minute
  const { title, text } = isForGood ? t.confirmedForGood : t.confirmedAgain
  const format = new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  })
  const time = `${format.format(until)} UTC`
  answerPage(context, site, language, { title, text: fill(text, { time }), next: toProduct(site, language) })
}
