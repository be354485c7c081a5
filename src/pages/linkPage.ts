import type { AppContext } from '../http/state.ts'
import type { FieldError } from '../problems.ts'
import { errorOf, field } from './forms.ts'
import { linkPages, type Link } from './link.ts'
import { markup, type Markup } from './markup.ts'
import { answerPage, toProduct, toProductOrRecovery, toSignIn } from './page.ts'
import type { Site } from './site.ts'
import { fill } from './texts.ts'

/** What went wrong when the form of a page was sent. */
export type Refusal = { alert?: string; errors?: readonly FieldError[] }

/** Answers with the page that fits the state of a link. */
export function answerLink(context: AppContext, site: Site, link: Link): void {
  const { state } = link
  if (state === 'live') answerLive(context, site, link)
  else if (state === 'superseded') answerSuperseded(context, site, link)
  else if (state === 'done') answerDone(context, site, link, link.name === 'undoEmail')
  else answerDead(context, site, link, state)
}

/** Shows the form of a link that works. */
export function answerLive(context: AppContext, site: Site, link: Link, { alert, errors = [] }: Refusal = {}): void {
  const { language, t, name, code, say } = link
  const { title, text, button } = t[name]
  const fields = name === 'restore' ? passwordFields(site, link, errors) : undefined
  const more = markup`<form method="post" novalidate>
<input type="hidden" name="code" value="${code}">
${fields}<button>${button}</button>
</form>`
  const isError = alert !== undefined || errors.length > 0
  answerPage(context, site, language, { title, isError, alert, text: say(text), more })
}

/** Makes the fields of a new password. A password manager stores the password with the email address. */
function passwordFields({ passwordMinLength }: Site, { email, t }: Link, errors: readonly FieldError[]): Markup {
  const error = (name: string) => errorOf(name, errors, t, passwordMinLength)
  const first = error('password')
  const second = error('password_confirm')
  const shared = { type: 'password', autocomplete: 'new-password' } as const
  const hint = fill(t.passwordRules, { minimum: String(passwordMinLength) })
  const account =
    email === undefined
      ? undefined
      : markup`<div class="field">
<label for="username">${t.email}</label>
<input id="username" name="username" type="email" autocomplete="username" value="${email}" readonly>
</div>
`
  return markup`${account}${field({ ...shared, name: 'password', label: t.password, hint, error: first, focus: first !== undefined })}
${field({
  ...shared,
  name: 'password_confirm',
  label: t.passwordConfirm,
  error: second,
  focus: first === undefined && second !== undefined,
})}
`
}

/** Says that the link has done its work. @param offersMail whether the page has a form for another mail */
export function answerDone(context: AppContext, site: Site, link: Link, offersMail = false): void {
  const { name, language, t, say } = link
  const { title, text } = t[name].done
  const more = offersMail ? renewalForm(link, t.newLink.noMail) : undefined
  // After an undo, a mail is the next step.
  const next =
    name === 'restore'
      ? toSignIn(site, language)
      : toProduct(site, language, name === 'undoEmail' ? 'secondary' : 'primary')
  answerPage(context, site, language, { title, text: say(text), more, sendsOrigin: offersMail, next })
}

export function answerSuperseded(context: AppContext, site: Site, { language, t }: Link): void {
  const next = toProductOrRecovery(site, language)
  answerPage(context, site, language, { ...t.superseded, next })
}

type Dead = Exclude<Link['state'], 'live' | 'done' | 'superseded'>

/** Says why a link does not work. Activation and recovery offer a form for a new link. */
function answerDead(context: AppContext, site: Site, link: Link, state: Dead): void {
  const { name, language, t, say } = link
  const { title, text } = t.dead[state]
  const content = { title, isError: true, text: say(text) }
  if (state === 'suspended') answerPage(context, site, language, { ...content, next: toProduct(site, language) })
  else if (name === 'undoEmail') answerPage(context, site, language, { ...content, next: toSignIn(site, language) })
  else if (name === 'confirmEmail') {
    const more = markup`<p>${t.repeatChange}</p>`
    answerPage(context, site, language, { ...content, more, next: toSignIn(site, language) })
  } else {
    const more = renewalForm(link, t.newLink.text)
    answerPage(context, site, language, {
      ...content,
      more,
      sendsOrigin: true,
      next: toSignIn(site, language, 'secondary'),
    })
  }
}

/** Shows the form for a new link again, with what was typed. */
export function answerRenewal(context: AppContext, site: Site, link: Link, { alert, errors = [] }: Refusal): void {
  const { language, t } = link
  const more = renewalForm(link, t.newLink.text, errorOf('email', errors, t, site.passwordMinLength))
  const next = toSignIn(site, language, 'secondary')
  answerPage(context, site, language, { title: t.newLink.title, isError: true, alert, more, sendsOrigin: true, next })
}

function renewalForm({ name, email, t }: Link, text: string, error?: string): Markup {
  if (linkPages[name].renewal === undefined) return markup``
  return markup`<p>${text}</p>
<form method="post" novalidate>
${field({ name: 'email', type: 'email', label: t.email, autocomplete: 'email', value: email, error, focus: error !== undefined })}
<button>${t.newLink.button}</button>
</form>`
}
