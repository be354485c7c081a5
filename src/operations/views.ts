// The functions below make the members of replies from rows of the database.
import type { components } from '../../generated/contract.ts'
import type * as rows from '../../generated/queries.ts'
import type { UserRow } from '../domain/accounts/users.ts'
import { noUser } from '../domain/events/securityEvents.ts'

type Schemas = components['schemas']

/** Makes a user in the form that the user may see. */
export function asUser(row: Omit<UserRow, 'is_active' | 'email_confirmed'>): Schemas['User'] {
  const { id, email, first_name, last_name, language, is_superuser, date_joined, last_login } = row
  return {
    id,
    email,
    first_name,
    last_name,
    language: language as 'en' | 'ru',
    is_superuser,
    date_joined,
    ...(last_login ? { last_login } : {}),
  }
}

/** Makes a user in the form that superusers may see. */
export function asAdminUser(row: UserRow): Schemas['AdminUser'] {
  return { ...asUser(row), is_active: row.is_active, email_confirmed: row.email_confirmed }
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
  const { id, type, user_id, actor_id, ip_address, user_agent, timestamp } = row
  return {
    id,
    type: type as Schemas['SecurityEventType'],
    ...(user_id === noUser ? {} : { user: user_id }),
    ...(actor_id === null ? {} : { actor: actor_id }),
    ...(ip_address === null ? {} : { ip_address }),
    ...(user_agent === null ? {} : { user_agent }),
    timestamp,
  }
}

export function asExportedUser(row: rows.ExportUserRow): Schemas['AdminUser'] {
  const { exported_at: _, language, last_login, ...user } = row
  return { ...user, language: language as 'en' | 'ru', ...(last_login ? { last_login } : {}) }
}

export function asExportedAddress({ address, kind, held_until }: rows.ExportAddressesRow): Schemas['ExportedAddress'] {
  return { email: address, kind: kind as Schemas['AddressKind'], ...(held_until ? { held_until } : {}) }
}

export function asExportedEmailChange(row: rows.ExportEmailChangesRow): Schemas['ExportedEmailChange'] {
  const { email, old_email, requested_at, confirmed_at, undone_at } = row
  return {
    email,
    ...(old_email ? { old_email } : {}),
    requested_at,
    ...(confirmed_at ? { confirmed_at } : {}),
    ...(undone_at ? { undone_at } : {}),
  }
}

export function asExportedSession({
  ended_at,
  ended_by,
  ...session
}: rows.ExportSessionsRow): Schemas['ExportedSession'] {
  return { ...session, ...(ended_at ? { ended_at } : {}), ...(ended_by ? { ended_by } : {}) }
}

export function asExportedMail(row: rows.ExportMailsRow): Schemas['ExportedMail'] {
  const { kind, address, status, created_at, sent_at } = row
  return { kind, address, status, created_at, ...(sent_at ? { sent_at } : {}) }
}
