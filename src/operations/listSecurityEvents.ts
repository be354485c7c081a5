import type { components } from '../../generated/contract.ts'
import { toLogFilter } from '../domain/events/filters.ts'
import { requireRecordAccess } from '../domain/sessions/principal.ts'
import { pageMembers, readPage } from '../domain/pagination.ts'
import {
  countEvents,
  nobody,
  scanSecurityEvents,
  type SecurityEventRow,
  type SecurityEventType,
} from '../domain/events/securityEvents.ts'
import type { OperationContext, Reply } from './context.ts'

export async function listSecurityEvents({
  input,
  principal,
  request,
  services,
}: OperationContext<'listSecurityEvents'>): Promise<Reply<'listSecurityEvents'>> {
  const { user, type, ordering, page_size: size, cursor } = input.query
  const scope = { userId: requireRecordAccess(principal, user), type, seesActors: principal.user.is_superuser }
  const filter = toLogFilter(input.query)
  const descending = ordering === '-timestamp'
  const asked = { list: `listSecurityEvents ${ordering}`, descending, cursor, size }
  const [page, count] = await services.lists.run(principal.user.id, (db) =>
    Promise.all([
      readPage(services.cursors, asked, scanSecurityEvents(db, scope, filter)),
      countEvents(db, scope, filter),
    ]),
  )
  return { status: 200, body: { ...pageMembers(request.url, page, count), results: page.rows.map(asSecurityEvent) } }
}

/** An event as the contract describes it: what is not there is left out. */
function asSecurityEvent(row: SecurityEventRow): components['schemas']['SecurityEvent'] {
  const { id, user_id, actor_id, ip_address, user_agent, timestamp } = row
  return {
    id,
    type: row.type as SecurityEventType,
    ...(user_id === nobody ? {} : { user: user_id }),
    ...(actor_id === null ? {} : { actor: actor_id }),
    ...(ip_address === null ? {} : { ip_address }),
    ...(user_agent === null ? {} : { user_agent }),
    timestamp,
  }
}
