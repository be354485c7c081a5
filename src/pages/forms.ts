import { isUtf8 } from 'node:buffer'
import { isUtf8Type, readBytes } from '../http/body.ts'
import type { AppContext } from '../http/state.ts'
import { Problem, type FieldError } from '../problems.ts'
import { markup, type Markup } from './markup.ts'
import { fill } from './texts.ts'
import type { Texts } from './texts/en.ts'

type Field = {
  name: string
  type: 'email' | 'password'
  label: string
  autocomplete: string
  value?: string | undefined
  hint?: string
  error?: string | undefined
  /** Whether the page puts the focus here when it opens. */
  focus?: boolean
}

/** Makes a field with its label, the rules that apply to it, and its error. */
export function field({ name, type, label, autocomplete, value, hint, error, focus = false }: Field): Markup {
  const notes = [
    ...(hint === undefined ? [] : [{ id: `${name}-hint`, kind: 'hint', text: hint }]),
    ...(error === undefined ? [] : [{ id: `${name}-error`, kind: 'error', text: error }]),
  ]
  const described = notes.map(({ id }) => id).join(' ')
  const shown = notes.map(({ id, kind, text }) => markup`<p class="${kind}" id="${id}">${text}</p>\n`)
  return markup`<div class="field">
<label for="${name}">${label}</label>
${shown.reduce((whole, note) => markup`${whole}${note}`, markup``)}<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" required${
    value === undefined ? undefined : markup` value="${value}"`
  }${notes.length === 0 ? undefined : markup` aria-describedby="${described}"`}${
    error === undefined ? undefined : markup` aria-invalid="true"`
  }${focus ? markup` autofocus` : undefined}>
</div>`
}

/**
 * Returns the errors of a field in the user's language, in one text. The contract and the password rules name the
 * errors.
 */
export function errorOf(
  name: string,
  errors: readonly FieldError[],
  { fields }: Texts,
  minimum: number,
): string | undefined {
  const texts = errors
    .filter(({ pointer }) => pointer === `/${name}`)
    .map(({ code }) => fill(fields[keyOf(name, code)], { minimum: String(minimum) }))
  return texts.length === 0 ? undefined : [...new Set(texts)].join(' ')
}

function keyOf(name: string, code: string): keyof Texts['fields'] {
  if (name === 'email') return 'email'
  if (code === 'min_length' || code === 'required') return 'password_missing'
  if (code === 'max_length') return 'password_too_long'
  if (isPasswordRule(code)) return code
  return 'password_invalid'
}

function isPasswordRule(
  code: string,
): code is 'password_too_short' | 'password_too_common' | 'password_too_personal' | 'password_mismatch' {
  return /^password_(too_short|too_common|too_personal|mismatch)$/.test(code)
}

/**
 * Reads the fields of a form in UTF-8, each at most once. Malformed UTF-8 is refused. Otherwise the decoder would
 * replace all malformed characters by the same character, and different passwords would become equal.
 * @throws Problem unsupported_media_type, invalid, content_too_large
 */
export async function readForm(context: AppContext): Promise<Record<string, string>> {
  if (!isUtf8Type(context.req, 'application/x-www-form-urlencoded')) throw new Problem('unsupported_media_type')
  const bytes = await readBytes(context.req)
  const text = bytes.toString()
  const fields = new URLSearchParams(text)
  if (!isUtf8(bytes) || !isDecodable(text) || new Set(fields.keys()).size < fields.size)
    throw new Problem('invalid', { detail: 'The body is not a form in UTF-8 with each field once.' })
  return Object.fromEntries(fields)
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
