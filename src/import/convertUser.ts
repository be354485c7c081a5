import { v7 as uuidv7 } from 'uuid'
import { parseEmailAddress } from '../domain/emailAddress.ts'
import { fromDjangoPassword } from '../domain/passwords/djangoPassword.ts'
import { isPersonalName } from '../domain/personalName.ts'
import { searchText } from '../domain/searchText.ts'
import type { Entry, Reason } from './report.ts'
import type { SourceRow } from './source.ts'
import { isUuid, toBoolean, toLegacyId, toText, toTimestamp } from './values.ts'

/** What the operator decides about users that cannot be imported as they are. */
export type Decisions = {
  onCollision: 'stop' | 'skip' | 'first' | 'latest'
  onExisting: 'stop' | 'skip' | 'link'
  onInvalid: 'stop' | 'skip'
  onUnknownHash: 'stop' | 'skip' | 'reset'
  skipPending: boolean
  language: 'en' | 'ru'
}

/** A user as the statement importUsers takes it. */
export type ImportedUser = {
  id: string
  legacy_id: string
  address: string
  email: string
  first_name: string
  last_name: string
  language: string
  search_text: string
  /** In base64. */
  password_hash: string | null
  is_active: boolean
  is_superuser: boolean
  email_confirmed: boolean
  date_joined: string | null
  last_login: string | null
}

/** An email address of django-allauth. */
export type OwnedAddress = { email: string; verified: boolean; primary: boolean }

type Refusal = { outcome: 'skipped' | 'undecided'; reason: Reason; detail?: string }
export type Converted = { entry: Entry; changes: { reason: Reason; detail?: string }[] } & (
  { user: ImportedUser } | { refusal: Refusal }
)

/**
 * Converts a row of the users' table.
 * @param owned the email addresses that django-allauth has for the user; undefined if it is not in use
 */
export function convertUser(row: SourceRow, owned: OwnedAddress[] | undefined, decisions: Decisions): Converted {
  const legacyId = toLegacyId(row['id'])
  const text = toText(row['email']).trim() || (owned?.find(({ primary }) => primary)?.email ?? '')
  const entry = { legacy_id: legacyId, email: text }
  const changes: Converted['changes'] = []
  const refuse = (reason: Reason, decision: string, detail?: string): Converted => {
    const outcome = decision === 'stop' ? 'undecided' : 'skipped'
    return { entry, changes, refusal: { outcome, reason, ...(detail === undefined ? {} : { detail }) } }
  }
  if (!/^[!-~]{1,64}$/.test(legacyId)) return refuse('invalid_id', 'skip')
  const isActive = row['is_active'] === undefined || toBoolean(row['is_active'])
  const lastLogin = toTimestamp(row['last_login'])
  if (decisions.skipPending && !isActive && lastLogin === undefined) return refuse('pending', 'skip')
  const to = parseEmailAddress(text)
  if (!to) return refuse('invalid_address', decisions.onInvalid)
  if (to.email !== toText(row['email'])) changes.push({ reason: 'email_normalized', detail: to.email })
  const password = convertPassword(toText(row['password']))
  if (password.unusable !== undefined && decisions.onUnknownHash !== 'reset')
    return refuse('unknown_hash', decisions.onUnknownHash, password.unusable)
  if (password.unusable !== undefined) changes.push({ reason: 'unknown_hash', detail: password.unusable })
  else if (password.hash === null) changes.push({ reason: 'no_password' })
  const names = {
    first_name: convertName(row, 'first_name', changes),
    last_name: convertName(row, 'last_name', changes),
  }
  if (toBoolean(row['is_staff']) && !toBoolean(row['is_superuser'])) changes.push({ reason: 'staff' })
  for (const name of ['date_joined', 'last_login'])
    if (toText(row[name]) !== '' && toTimestamp(row[name]) === undefined)
      changes.push({ reason: 'invalid_date', detail: name })
  const user = {
    id: isUuid(legacyId) ? legacyId : uuidv7(),
    legacy_id: legacyId,
    ...to,
    ...names,
    language: decisions.language,
    search_text: searchText({ email: to.email, ...names }),
    password_hash: password.hash,
    is_active: isActive,
    is_superuser: toBoolean(row['is_superuser']),
    email_confirmed: isConfirmed(to.address, owned),
    date_joined: toTimestamp(row['date_joined']) ?? null,
    last_login: lastLogin ?? null,
  }
  return { entry, changes, user }
}

/** Without django-allauth, the email address counts as confirmed, because the account was activated by mail. */
function isConfirmed(address: string, owned: OwnedAddress[] | undefined): boolean {
  if (!owned) return true
  return owned.some(({ email, verified }) => verified && parseEmailAddress(email.trim())?.address === address)
}

/** A password that is empty or begins with `!` is unusable in Django, too. */
function convertPassword(text: string): { hash: string | null; unusable?: string } {
  if (text === '' || text.startsWith('!')) return { hash: null }
  const hash = fromDjangoPassword(text)
  return 'unusable' in hash ? { hash: null, unusable: hash.unusable } : { hash: Buffer.from(hash).toString('base64') }
}

function convertName(row: SourceRow, column: 'first_name' | 'last_name', changes: Converted['changes']): string {
  const given = toText(row[column]).toWellFormed()
  // The same rules as in updateMe: no control characters, at most 150 characters.
  const visible = isPersonalName(given) ? given : given.replace(/[\p{Cf}\p{Zl}\p{Zp}]/gu, '')
  const name = Array.from(visible.replace(/\p{Cc}/gu, '')).slice(0, 150).join('') // prettier-ignore
  const accepted = isPersonalName(name) ? name : ''
  if (accepted !== given) changes.push({ reason: 'name_changed', detail: column })
  return accepted
}
