import Router from '@koa/router'
import type { Config } from '../config/config.ts'
import { dispatch } from '../http/dispatch.ts'
import type { AppContext, AppMiddleware, AppState } from '../http/state.ts'
import type { SentMail } from '../mail/sentMails.ts'
import { serveFile } from './files.ts'
import { markup, type Markup } from './markup.ts'
import { examplesFor } from './startExamples.ts'
import { readVisibleMails } from './visibleMails.ts'

type Settings = Pick<Config, 'baseUrl' | 'database' | 'dataDir' | 'docs' | 'jwtIssuer' | 'mail'> & {
  basePath: string
  version: string
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const mailTargets = {
  console: 'the console and the folder outbox in DATA_DIR',
  file: 'the folder outbox in DATA_DIR',
  smtp: 'the mail server of EMAIL_HOST',
}

/** Serves the start page, for development: what is running, where to go, the newest mail, and commands to copy. */
export function serveStart(settings: Settings): AppMiddleware {
  const router = new Router<AppState>({ sensitive: true, strict: true })
  router.get('/', async (context) => {
    const newestMail = await renderNewestMail(context, settings)
    context.set('Content-Security-Policy', policy)
    context.type = 'html'
    context.body = String(renderPage(settings, newestMail))
  })
  router.get('/start/style.css', serveFile(new URL('./assets/start.css', import.meta.url)))
  router.get('/start/copy.js', serveFile(new URL('./assets/copy.js', import.meta.url)))
  return dispatch(router)
}

function renderPage(settings: Settings, newestMail: Markup): Markup {
  const { basePath, baseUrl, database, docs, jwtIssuer, mail, version } = settings
  const link = (path: string, label: string) => markup`<a href="${basePath}${path}">${label}</a>`
  const facts = {
    Version: version,
    'Base URL': baseUrl,
    'Issuer of the tokens (iss)': jwtIssuer,
    Database: database === undefined ? 'embedded PostgreSQL' : 'PostgreSQL',
    'Mails go to': mailTargets[mail.kind],
  }
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Gatehouse</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${basePath}/account/style.css">
<link rel="stylesheet" href="${basePath}/start/style.css">
<script src="${basePath}/start/copy.js" type="module"></script>
</head>
<body>
<main class="wide">
<h1>Gatehouse is running</h1>
<p>This page is shown only in development.</p>
<nav class="actions" aria-label="Pages">
<a class="button" href="${basePath}/account/register/">Sign up</a>
${link('/account/sign-in/', 'Sign in')}
${docs ? link('/docs/', 'API reference') : link('/openapi.yaml', 'openapi.yaml')}
${link('/mails/', 'Mails')}
${link('/console/', 'Console')}
${link('/health/ready', 'Health')}
</nav>
<h2>Newest mail</h2>
${newestMail}
<h2>Try it</h2>
${join(examplesFor(baseUrl).map(({ title, text }) => markup`<h3>${title}</h3>\n<pre><code>${text}</code></pre>`))}
<h2>This service</h2>
<dl>
${join(Object.entries(facts).map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`))}
</dl>
</main>
</body>
</html>
`
}

async function renderNewestMail(context: AppContext, settings: Settings): Promise<Markup> {
  const { basePath, baseUrl, mail } = settings
  if (mail.kind === 'smtp') return markup`<p>Mails go to ${mailTargets.smtp}.</p>`
  const mails = await readVisibleMails(context, settings, 1)
  if (!mails)
    return markup`<p>Mails are shown here if HOST_FOR_SEND_MAIL is this machine and you open this page at localhost.</p>`
  const [newest] = mails
  if (newest === undefined) return markup`<p>No mail has been sent yet. Sign up, and reload this page.</p>`
  const { subject, to, date } = newest
  const time = date.toISOString()
  const url = findLink(newest, baseUrl)
  return markup`<p class="mail"><strong>${subject}</strong><br>
to ${to}, <time datetime="${time}">${time.slice(0, 19).replace('T', ' ')} UTC</time></p>
<div class="actions">
${url === undefined ? undefined : markup`<a class="button secondary" href="${url}">Follow its link</a>`}
<a href="${basePath}/mails/">All mails</a>
</div>`
}

/** Returns the first link of a mail to this service. */
function findLink({ text }: SentMail, baseUrl: string): string | undefined {
  return text.match(/https?:\/\/\S+/g)?.find((url) => url.startsWith(`${baseUrl}/`))
}

function join(parts: readonly Markup[]): Markup {
  return parts.reduce((whole, part) => markup`${whole}${part}\n`, markup``)
}
