import { readExport } from '../domain/accounts/exports.ts'
import { requireCurrentPassword } from '../domain/accounts/reauthentication.ts'
import type { OperationContext, Reply } from './context.ts'
import * as views from './views.ts'

/** Sends each list while the list is read, so that a list may have any length. */
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
      user: views.asAdminUser(stored.user),
      addresses: map(stored.addresses, views.asExportedAddress),
      email_changes: map(stored.emailChanges, views.asExportedEmailChange),
      sessions: map(stored.sessions, views.asExportedSession),
      devices: stored.devices,
      login_logs: map(stored.loginLogs, views.asLoginLog),
      security_events: map(stored.securityEvents, views.asSecurityEvent),
      mails: map(stored.mails, views.asExportedMail),
    },
  }
}

async function* map<Row, Item>(rows: AsyncIterable<Row>, view: (row: Row) => Item): AsyncGenerator<Item> {
  for await (const row of rows) yield view(row)
}
