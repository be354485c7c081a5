import type Router from '@koa/router'
import type { Perform } from '../http/mount.ts'
import type { AppContext, AppState } from '../http/state.ts'
import { answerError, answerIncomplete, answerPage, codeOf, readForm, textsFor } from './page.ts'
import { Problem } from '../problems.ts'
import { markup, type Markup } from './markup.ts'
import type { Texts } from './texts.ts'

/** Serves the page of the link in a recovery mail. */
export function serveRestore(router: Router<AppState>, perform: Perform): void {
  router.get('/account/restore-password/', (context: AppContext) => {
    const { language, t } = textsFor(context)
    const code = codeOf(context)
    if (code === undefined) answerIncomplete(context, t.restoreTitle)
    else answerPage(context, language, { title: t.restoreTitle, more: form(code, t) })
  })
  router.post('/account/restore-password/', async (context: AppContext) => {
    const { language, t } = textsFor(context)
    const { code = '', password = '', password_confirm = '' } = await readForm(context)
    try {
      await perform('restorePassword', context, { code, password, password_confirm })
    } catch (error) {
      // A repetition is shown as a success: a double click sends the form twice, and the browser shows the second
      // reply.
      if (!(error instanceof Problem && error.isRepetition)) {
        answerError(context, error, { title: t.restoreTitle, more: form(code, t) }, t)
        return
      }
    }
    answerPage(context, language, { title: t.restoreTitle, text: t.restored })
  })
}

function form(code: string, t: Texts): Markup {
  return markup`<form method="post">
<input type="hidden" name="code" value="${code}">
<label for="password">${t.password}</label>
<input id="password" name="password" type="password" autocomplete="new-password" required>
<label for="password_confirm">${t.passwordConfirm}</label>
<input id="password_confirm" name="password_confirm" type="password" autocomplete="new-password" required>
<button>${t.restoreButton}</button>
</form>`
}
