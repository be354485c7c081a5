import Router from '@koa/router'
import { mailLanguages, mailNames } from '../../generated/mails.ts'
import type { Config } from '../config/config.ts'
import { dispatch } from '../http/dispatch.ts'
import type { AppContext, AppMiddleware, AppState } from '../http/state.ts'
import { logoId } from '../mail/layout.ts'
import { createRenderer, type MailSettings, type RenderedMail } from '../mail/render.ts'
import { Problem } from '../problems.ts'
import { serveFile } from './files.ts'
import { renderPage, samples, schemes } from './mailGallery.ts'
import { readVisibleMails } from './visibleMails.ts'

type Settings = MailSettings & Pick<Config, 'dataDir' | 'mail'>

const pagePolicy =
  "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
// A mail has style attributes and its logo only. Its links open in the whole window.
const mailPolicy =
  "default-src 'none'; style-src-attr 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"

const maxSentMails = 10

/**
 * Serves the gallery of mails, for development: every mail in every language, with the current files in PAGES_DIR, and
 * the newest mails of the outbox folder.
 */
export function serveMails(settings: Settings): AppMiddleware {
  const router = new Router<AppState>({ sensitive: true, strict: true })
  router.get('/mails', (context) => {
    context.redirect('mails/')
  })
  router.get('/mails/', async (context) => {
    context.set('Content-Security-Policy', pagePolicy)
    context.type = 'html'
    context.body = String(renderPage(settings, await readVisibleMails(context, settings, maxSentMails)))
  })
  router.get('/mails/style.css', serveFile(new URL('./assets/mails.css', import.meta.url)))
  router.get('/mails/samples/:language/:name', (context: AppContext & { params: Record<string, string> }) => {
    const { params } = context
    const language = mailLanguages.find((each) => each === params['language'])
    const name = mailNames.find((each) => each === params['name'])
    if (!language || !name) throw new Problem('not_found')
    answerMail(context, showLogo(createRenderer(settings)(name, language, samples)))
  })
  router.get('/mails/sent/:file', async (context: AppContext & { params: Record<string, string> }) => {
    const mails = await readVisibleMails(context, settings, maxSentMails)
    const mail = mails?.find(({ file }) => file === context.params['file'])
    if (!mail) throw new Problem('not_found')
    answerMail(context, mail.html)
  })
  return dispatch(router)
}

/** Returns the HTML part of a mail with its logo in the HTML itself. */
function showLogo({ html, logo }: RenderedMail): string {
  return logo ? html.replace(`cid:${logoId}`, `data:image/png;base64,${logo.content.toString('base64')}`) : html
}

/** Answers with the HTML part of a mail, in light or dark colours. */
function answerMail(context: AppContext, html: string): void {
  const scheme = schemes.find((each) => each === context.query['scheme']) ?? 'light dark'
  context.set({ 'Content-Security-Policy': mailPolicy, 'X-Frame-Options': 'SAMEORIGIN' })
  context.type = 'html'
  context.body = html
    .replace('name="color-scheme" content="light dark"', `name="color-scheme" content="${scheme}"`)
    .replace('<head>', '<head>\n<base target="_top">')
}
