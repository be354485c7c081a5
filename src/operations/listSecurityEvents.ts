import type { components } from '../../generated/contract.ts'
import { toLogFilter } from '../domain/events/filters.ts'
import { requireRecordAccess } from '../domain/sessions/principal.ts'
import { pageMembers, readPage } from '../domain/pagination.ts'
import {
  countSecurityEvents,
  noUser,
  readSecurityEvents,
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
  const userId = requireRecordAccess(principal, user)
  const search = { userId, type, seesActors: principal.user.is_superuser, filter: toLogFilter(input.query) }
  const pageRequest = { list: `listSecurityEvents ${ordering}`, descending: ordering === '-timestamp', cursor, size }
  const [page, count] = await services.lists.run(principal.user.id, (db) =>
    Promise.all([
      readPage(services.cursors, pageRequest, (slice) => readSecurityEvents(db, search, slice)),
      countSecurityEvents(db, search),
    ]),
  )
  return { status: 200, body: { ...pageMembers(request.url, page, count), results: page.rows.map(asSecurityEvent) } }
}

/** Returns an event as the contract describes it, without members that have no value. */
function asSecurityEvent(row: SecurityEventRow): components['schemas']['SecurityEvent'] {
  const { id, user_id, actor_id, ip_address, user_agent, timestamp } = row
  return {
    id,
    type: row.type as SecurityEventType,
    ...(user_id === noUser ? {} : { user: user_id }),
    ...(actor_id === null ? {} : { actor: actor_id }),
    ...(ip_address === null ? {} : { ip_address }),
    ...(user_agent === null ? {} : { user_agent }),
    timestamp,
  }
}
