// The functions below make replies and their members from rows of the database.
import type { components } from '../../generated/contract.ts'
import type * as rows from '../../generated/queries.ts'
import type { LockedUser, Lockout } from '../domain/accounts/lockouts.ts'
import { profileOf, type OwnUserRow, type UserRow } from '../domain/accounts/users.ts'
import type { MailRow } from '../domain/mails/mailList.ts'
import type { SuppressedAddressRow } from '../domain/mails/suppressedAddresses.ts'
import { makeEntityTag } from '../domain/entityTags.ts'
import { noUser } from '../domain/events/securityEvents.ts'
import { intervalCap } from '../domain/events/statistics.ts'

type Schemas = components['schemas']

/** Makes a user with the members that the user may see. */
export function asUser(row: OwnUserRow): Schemas['User'] {
  const { id, email, is_superuser, date_joined, last_login } = row
  const language = row.language as Schemas['Language']
  return withoutNulls({ id, email, ...profileOf(row), language, is_superuser, date_joined, last_login })
}

/** Makes a user with the members that superusers may see. */
export function asAdminUser(row: UserRow): Schemas['AdminUser'] {
  const { is_active, email_confirmed, email_suppressed, legacy_id } = row
  return withoutNulls({ ...asUser(row), is_active, email_confirmed, email_suppressed, legacy_id })
}

/** Makes a reply with a user and the user's entity tag. */
export function replyWithTag<User extends Schemas['User']>(body: User) {
  return { status: 200 as const, headers: { ETag: makeEntityTag(body) }, body }
}

/** The reply to an activation, by the result of `activate`. */
export const activationDetails = {
  activated: { detail: 'The account is active.' },
  already_active: { detail: 'The account is already active.' },
  superseded: {
    detail: 'The account is already active. If you did not choose its password yourself, recover it.',
    superseded: true,
  },
}

type SessionRow = Omit<Schemas['Session'], 'created_at' | 'is_current'> & { timestamp: string }

/** @param currentId the id of the session that made the request */
export function asSession({ timestamp, ...row }: SessionRow, currentId: string): Schemas['Session'] {
  const { id, last_used_at, expires_at, ip_address, user_agent, last_ip_address, last_user_agent } = row
  const is_current = id === currentId
  const first = { id, created_at: timestamp, last_used_at, expires_at, ip_address, user_agent }
  return { ...first, last_ip_address, last_user_agent, is_current }
}

export function asLoginLog(row: rows.ExportLoginLogsRow): Schemas['LoginLog'] {
  const { id, user_id, ip_address, user_agent, timestamp } = row
  return { id, user: user_id, ip_address, user_agent, timestamp }
}

/** Makes a security event. Members for which the row has no value are left out. */
export function asSecurityEvent(row: rows.ExportSecurityEventsRow): Schemas['SecurityEvent'] {
  const { id, user_id, actor_id, ip_address, user_agent, timestamp } = row
  const type = row.type as Schemas['SecurityEventType']
  const user = user_id === noUser ? null : user_id
  return withoutNulls({ id, type, user, actor: actor_id, ip_address, user_agent, timestamp })
}

export function asExportedAddress({ address, kind, held_until }: rows.ExportAddressesRow): Schemas['ExportedAddress'] {
  return withoutNulls({ email: address, kind: kind as Schemas['AddressKind'], held_until })
}

export function asExportedEmailChange(row: rows.ExportEmailChangesRow): Schemas['ExportedEmailChange'] {
  const { email, old_email, requested_at, confirmed_at, undone_at } = row
  return withoutNulls({ email, old_email, requested_at, confirmed_at, undone_at })
}

export function asExportedSession(row: rows.ExportSessionsRow): Schemas['ExportedSession'] {
  return withoutNulls(row)
}

export function asExportedMail(row: rows.ExportMailsRow): Schemas['ExportedMail'] {
  const { kind, address, status, created_at, sent_at } = row
  return withoutNulls({ kind, address, status, created_at, sent_at })
}

/** Makes a mail without its content. A dropped mail to an email address that belongs to no user has no address. */
export function asMail({ address, ...row }: MailRow): Schemas['Mail'] {
  const { id, kind, status, attempts, last_error, created_at, sent_at } = row
  const email = address === '' ? null : address
  return withoutNulls({
    ...{ id, kind: kind as Schemas['MailKind'], email, status: status as Schemas['MailStatus'] },
    ...{ attempts, last_error, created_at, sent_at },
  })
}

export function asSuppressedAddress({ id, ...row }: SuppressedAddressRow): Schemas['SuppressedAddress'] {
  const { reason, diagnostic, created_at } = row
  return { email: id, source: row.source as Schemas['SuppressionSource'], reason, diagnostic, created_at }
}

/** Makes the public description of a signing key, without its private key. */
export function asSigningKey(row: Omit<Schemas['SigningKey'], 'retires_at'> & { retires_at: string | null }) {
  const { kid, state, created_at, signs_from, retires_at } = row
  return withoutNulls({ kid, state, created_at, signs_from, retires_at })
}

export function asLockout({ network, expires_at }: Lockout): Schemas['Lockout'] {
  return { ...(network === undefined ? {} : { network }), expires_at }
}

export function asLockedUser({ id, email, lockouts }: LockedUser): Schemas['LockedUser'] {
  return { id, email, lockouts: lockouts.map(asLockout) }
}

/** Makes the statistics of an interval. */
export function asSignInInterval({ start, ...numbers }: rows.CountSignInsRow): Schemas['SignInInterval'] {
  const { sign_ins, failed_sign_ins, lockouts } = numbers
  const limit = (count: number) => Math.min(count, intervalCap)
  const capped = Math.max(sign_ins, failed_sign_ins, lockouts) > intervalCap ? { count_capped: true } : {}
  return {
    ...{ start, sign_ins: limit(sign_ins), failed_sign_ins: limit(failed_sign_ins), lockouts: limit(lockouts) },
    ...capped,
  }
}

type NullableKeys<Row> = { [Key in keyof Row]: null extends Row[Key] ? Key : never }[keyof Row]
type WithoutNulls<Row> = Omit<Row, NullableKeys<Row>> & { [Key in NullableKeys<Row>]?: NonNullable<Row[Key]> }

/** Leaves out the members for which the database has no value. */
function withoutNulls<Row extends object>(row: Row): WithoutNulls<Row> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as WithoutNulls<Row>
}
