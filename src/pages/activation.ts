import type Router from '@koa/router'
import type { Context } from 'koa'
import type { Perform } from '../http/mount.ts'
import { answerFault, answerPage, escape, readForm, textsFor } from './page.ts'

/** Behind the link in the activation mail: the click that a mail scanner does not make (security 30). */
export function serveActivation(router: Router, perform: Perform): void {
  router.get('/account/activate/', (context: Context) => {
    const { language, t } = textsFor(context)
    const code = escape(String(context.query['code'] ?? ''))
    const form = `<form method="post"><input type="hidden" name="code" value="${code}"><button>${escape(t.activateButton)}</button></form>`
    answerPage(context, language, { title: t.activateTitle, text: t.activateText, form })
  })
  router.post('/account/activate/', async (context: Context) => {
    const { language, t } = textsFor(context)
    const { code = '' } = await readForm(context)
    try {
      await perform('confirmActivation', context, { code })
      answerPage(context, language, { title: t.activateTitle, text: t.activated })
    } catch (error) {
      answerFault(context, error, { title: t.activateTitle })
    }
  })
}
