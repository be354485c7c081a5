import type Router from '@koa/router'
import type { Perform } from '../http/mount.ts'
import type { AppContext, AppState } from '../http/state.ts'
import { answerError, answerIncomplete, answerPage, codeOf, readForm, textsFor } from './page.ts'
import { markup } from './markup.ts'
import type { Texts } from './texts.ts'

const pages = [
  { path: '/account/activate/', operationId: 'confirmActivation', name: 'activate' },
  { path: '/account/confirm-email/', operationId: 'confirmEmail', name: 'confirmEmail' },
  { path: '/account/undo-email/', operationId: 'undoEmailChange', name: 'undoEmail' },
] as const

// In milliseconds. If the time for an undo ends within a minute, the page shows the undo as ended. The page shows no
// seconds, and this process's clock may differ from the database's clock.
const minute = 60_000

/**
 * Serves the pages of mailed links on which the user only presses a button. The pages have a button because a mail
 * scanner opens links, but presses no button (security 30).
 */
export function serveConfirmations(router: Router<AppState>, perform: Perform): void {
  for (const { path, operationId, name } of pages) {
    router.get(path, (context: AppContext) => {
      const { language, t } = textsFor(context)
      const { title, text, button } = t[name]
      const code = codeOf(context)
      if (code === undefined) {
        answerIncomplete(context, title)
        return
      }
      const more = markup`<form method="post"><input type="hidden" name="code" value="${code}"><button>${button}</button></form>`
      answerPage(context, language, { title, text, more })
    })
    router.post(path, async (context: AppContext) => {
      const { language, t } = textsFor(context)
      const { title, done, dead } = t[name]
      const { code = '' } = await readForm(context)
      try {
        const { body } = await perform(operationId, context, { code })
        answerPage(context, language, { title, text: explainSuccess(body, t, language) ?? done })
      } catch (error) {
        answerError(context, error, { title }, { ...t, code_invalid: dead })
      }
    })
  }
}

/**
 * Returns the text for a special success, such as a superseded activation, by the members of the reply.
 * @returns undefined for the usual success
 */
function explainSuccess(body: unknown, { activate, confirmEmail }: Texts, language: string): string | undefined {
  const { superseded, undo_until: undoUntil } = body as { superseded?: boolean; undo_until?: string }
  if (superseded) return activate.superseded
  if (undoUntil === undefined) return undefined
  const until = new Date(undoUntil)
  if (until.getTime() < Date.now() + minute) return confirmEmail.confirmedForGood
  const format = new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  })
  return confirmEmail.confirmedAgain.replace('{{time}}', `${format.format(until)} UTC`)
}
