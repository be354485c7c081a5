import type { components } from '../../generated/contract.ts'
import type {
  ExportAddressesRow,
  ExportEmailChangesRow,
  ExportMailsRow,
  ExportSecurityEventsRow,
  ExportSessionsRow,
  ExportUserRow,
} from '../../generated/queries.ts'
import { readExport } from '../domain/accounts/exports.ts'
import { requireCurrentPassword } from '../domain/accounts/reauthentication.ts'
import type { OperationContext, Reply } from './context.ts'
import { asLoginLog } from './listLoginLogs.ts'

type Schemas = components['schemas']

/** The lists are sent while they are read, however long they are. */
export async function exportMe({
  input,
  principal,
  request,
  services,
}: OperationContext<'exportMe'>): Promise<Reply<'exportMe'>> {
  const { db } = services
  const { current_password: password } = input.body
  const { rateLimit } = await requireCurrentPassword(services, password, principal.user, request)
  const who = { userId: principal.user.id, sessionId: principal.sessionId }
  const stored = await readExport(db, who, request.client)
  return {
    status: 200,
    rateLimit,
    stream: {
      exported_at: stored.user.exported_at,
      user: asExportedUser(stored.user),
      addresses: map(stored.addresses, asExportedAddress),
      email_changes: map(stored.emailChanges, asExportedEmailChange),
      sessions: map(stored.sessions, asExportedSession),
      devices: stored.devices,
      login_logs: map(stored.loginLogs, asLoginLog),
      security_events: map(stored.securityEvents, asExportedSecurityEvent),
      mails: map(stored.mails, asExportedMail),
    },
  }
}

async function* map<Row, Item>(rows: AsyncIterable<Row>, as: (row: Row) => Item): AsyncGenerator<Item> {
  for await (const row of rows) yield as(row)
}

function asExportedUser({ exported_at: _, language, last_login, ...user }: ExportUserRow): Schemas['AdminUser'] {
  return { ...user, language: language as 'en' | 'ru', ...(last_login ? { last_login } : {}) }
}

function asExportedAddress({ address, kind, held_until }: ExportAddressesRow): Schemas['ExportedAddress'] {
  return { email: address, kind: kind as Schemas['AddressKind'], ...(held_until ? { held_until } : {}) }
}

function asExportedEmailChange(row: ExportEmailChangesRow): Schemas['ExportedEmailChange'] {
  const { email, old_email, requested_at, confirmed_at, undone_at } = row
  return {
    email,
    ...(old_email ? { old_email } : {}),
    requested_at,
    ...(confirmed_at ? { confirmed_at } : {}),
    ...(undone_at ? { undone_at } : {}),
  }
}

function asExportedSession({ ended_at, ended_by, ...session }: ExportSessionsRow): Schemas['ExportedSession'] {
  return { ...session, ...(ended_at ? { ended_at } : {}), ...(ended_by ? { ended_by } : {}) }
}

function asExportedSecurityEvent(row: ExportSecurityEventsRow): Schemas['SecurityEvent'] {
  const { id, type, user_id, actor_id, ip_address, user_agent, timestamp } = row
  return {
    id,
    type: type as Schemas['SecurityEventType'],
    user: user_id,
    ...(actor_id ? { actor: actor_id } : {}),
    ...(ip_address ? { ip_address } : {}),
    ...(user_agent === null ? {} : { user_agent }),
    timestamp,
  }
}

function asExportedMail({ kind, address, status, created_at, sent_at }: ExportMailsRow): Schemas['ExportedMail'] {
  return { kind, address, status, created_at, ...(sent_at ? { sent_at } : {}) }
}
