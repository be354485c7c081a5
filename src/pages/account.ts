import type Router from '@koa/router'
import type { AppState } from '../http/state.ts'
import { readManifest, serveBundles, serveShell } from './shell.ts'
import type { Site } from './site.ts'

const entryPages = ['sign-in', 'register', 'forgot-password', 'resend-activation']
const accountPages = ['', 'password', 'email', 'sessions', 'history', 'events', 'data']
// A page with its own path for each user comes last, because the first path that matches is served.
const consolePages = [
  '',
  'users',
  'sign-ins',
  'events',
  'mails',
  'mails/suppressed',
  'lockouts',
  'limits',
  'keys',
  'users/new',
  'users/:user_id',
]

/** Serves the pages that run in browsers (src/browser), for users and for superusers, and their scripts. */
export function serveAccount(router: Router<AppState>, site: Site): void {
  const manifest = readManifest()
  serveBundles(router, manifest)
  const pathOf = (area: string, page: string) => (page === '' ? `/${area}/` : `/${area}/${page}/`)
  router.get('/console', (context) => {
    context.redirect(`${site.basePath}/console/`)
  })
  for (const page of entryPages) serveShell(router, pathOf('account', page), site, manifest.entry)
  for (const page of accountPages) serveShell(router, pathOf('account', page), site, manifest.account)
  for (const page of consolePages) serveShell(router, pathOf('console', page), site, manifest.console)
}
