import type { Brand } from '../brand/brand.ts'
import type { ReadCodeState } from '../domain/mails/codeState.ts'
import type { Language } from './texts.ts'
import type { Texts } from './texts/en.ts'

/** What all pages of a deployment have in common. */
export type Site = {
  /** The path of the base URL, with which links within the service begin. */
  basePath: string
  /** The origin of the base URL. */
  origin: string
  /** The name of the product, or the host of the base URL. */
  productName: string
  productUrl: string | undefined
  termsUrl: string | undefined
  privacyUrl: string | undefined
  brand: Brand
  texts: Readonly<Record<Language, Texts>>
  /** The texts that replace those in the scripts of pages, in JSON. */
  scriptTexts: string | undefined
  /** The least number of characters of a new password. */
  passwordMinLength: number
  /** The origins of pages to which a user may return after a sign-in. */
  returnOrigins: readonly string[]
  readCodeState: ReadCodeState
}
