import type { CodeState } from '../domain/mails/codeState.ts'
import type { AppContext } from '../http/state.ts'
import { Problem } from '../problems.ts'
import type { Site } from './site.ts'
import { fill, languageOf, type Language } from './texts.ts'
import type { Texts } from './texts/en.ts'

/** The pages of mailed links. */
export const linkPages = {
  activate: {
    path: '/account/activate/',
    purpose: 'activate',
    operationId: 'confirmActivation',
    renewal: 'resendActivation',
  },
  restore: {
    path: '/account/restore-password/',
    purpose: 'restore',
    operationId: 'restorePassword',
    renewal: 'forgotPassword',
  },
  confirmEmail: {
    path: '/account/confirm-email/',
    purpose: 'confirm_email',
    operationId: 'confirmEmail',
    renewal: undefined,
  },
  undoEmail: {
    path: '/account/undo-email/',
    purpose: 'undo_email',
    operationId: 'undoEmailChange',
    renewal: 'forgotPassword',
  },
} as const

export type LinkPageName = keyof typeof linkPages

/** A mailed link, with what its page needs to speak about it. */
export type Link = {
  name: LinkPageName
  code: string
  state: CodeState['state'] | 'incomplete'
  /** The email address that the link is about, if it is known. */
  email: string | undefined
  language: Language
  t: Texts
  /** Replaces the names in a text by the values of this link. */
  say: (text: string) => string
}

// The maxLength of a code in the contract.
const maxCodeLength = 256

/**
 * Reads a mailed link without using its code. The page speaks the language of the account, or the browser's if the
 * account is unknown. If the database cannot be reached, the link is treated as valid, so that the page has its form
 * and the user can press the button again later.
 */
export async function readLink(context: AppContext, site: Site, name: LinkPageName, given: unknown): Promise<Link> {
  const code = typeof given === 'string' && given.trim() !== '' && given.length <= maxCodeLength ? given : undefined
  const found = code === undefined ? { state: 'incomplete' as const } : await readState(site, name, code)
  const { state, email, language: known } = found as Partial<CodeState> & Pick<Link, 'state'>
  const language = known === 'en' || known === 'ru' ? known : languageOf(context)
  const t = site.texts[language]
  const values = { product: site.productName, email: email ?? t.thisAddress }
  return { name, code: code ?? '', state, email: email ?? undefined, language, t, say: (text) => fill(text, values) }
}

async function readState(site: Site, name: LinkPageName, code: string): Promise<CodeState> {
  try {
    return await site.readCodeState(linkPages[name].purpose, code)
  } catch (error) {
    if (error instanceof Problem && error.code === 'unavailable') return { state: 'live' }
    throw error
  }
}
