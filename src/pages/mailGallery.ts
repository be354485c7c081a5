/** Renders the page of the mail gallery. */
import { mailLanguages, mailNames } from '../../generated/mails.ts'
import { createRenderer, type MailSettings, type RenderMail } from '../mail/render.ts'
import type { SentMail } from '../mail/sentMails.ts'
import type { MailName } from '../mail/templates.ts'
import { StartError } from '../problems.ts'
import { markup, type Markup } from './markup.ts'

/** The colour schemes in which each mail is shown. */
export const schemes = ['light', 'dark'] as const

/** The sample values with which the gallery renders the mail templates. */
export const samples = {
  link: '/account/restore-password/?code=EXAMPLE',
  time: '2026-03-05T09:07:00Z',
  ipAddress: '203.0.113.7',
  device: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
}

/** @param sent undefined if the client may not see these mails */
export function renderPage(settings: MailSettings, sent: SentMail[] | undefined): Markup {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mails</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
</head>
<body>
<main>
<h1>Mails</h1>
<h2 id="sent">Sent</h2>
${renderSent(sent)}
<h2>Templates</h2>
${renderSamples(settings)}
</main>
</body>
</html>
`
}

function renderSent(sent: SentMail[] | undefined): Markup {
  if (!sent)
    return markup`<p>Sent mails are shown here if the service has no mail server, if HOST_FOR_SEND_MAIL is this machine, and if you open this page at localhost.</p>`
  if (sent.length === 0) return markup`<p>No mail has been sent yet.</p>`
  const mails = sent.map(({ file, to, subject, date, text }) => {
    const summary = markup`<summary>${subject}<br>${to}, <time>${date.toISOString()}</time></summary>`
    return markup`<details>${summary}${renderParts(`sent/${encodeURIComponent(file)}`, subject, text)}</details>`
  })
  return join(mails)
}

/** Renders all templates, or the mistakes in PAGES_DIR. */
function renderSamples(settings: MailSettings): Markup {
  try {
    const render = createRenderer(settings)
    const entries = mailNames.map((name) => markup`<li><a href="#${name}">${name}</a></li>`)
    const mails = mailNames.map((name) => renderSample(render, name))
    return markup`<nav aria-label="Templates"><ul>${join(entries)}</ul></nav>${join(mails)}`
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    return markup`<pre role="alert">${error.message}</pre>`
  }
}

function renderSample(render: RenderMail, name: MailName): Markup {
  const sections = mailLanguages.map((language) => {
    const { subject, text } = render(name, language, samples)
    const parts = renderParts(`samples/${language}/${name}`, `${name}, ${language}`, text)
    return markup`<section lang="${language}"><h4>${subject}</h4>${parts}</section>`
  })
  return markup`<h3 id="${name}">${name}</h3>${join(sections)}`
}

function renderParts(url: string, title: string, text: string): Markup {
  const frames = schemes.map(
    (scheme) =>
      markup`<iframe src="${url}?scheme=${scheme}" title="${title}, ${scheme}" sandbox="allow-top-navigation-by-user-activation" loading="lazy"></iframe>`,
  )
  return markup`<div class="parts">${join(frames)}</div>
<details><summary>Text</summary><pre>${text}</pre></details>`
}

function join(parts: Markup[]): Markup {
  return parts.reduce((whole, part) => markup`${whole}\n${part}`, markup``)
}
