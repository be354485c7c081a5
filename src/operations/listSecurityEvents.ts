import { toLogFilter } from '../domain/events/filters.ts'
import { requireRecordAccess } from '../domain/sessions/principal.ts'
import { pageMembers, readPage } from '../domain/pagination.ts'
import { countSecurityEvents, readSecurityEvents } from '../domain/events/securityEvents.ts'
import type { OperationContext, Reply } from './context.ts'
import { asSecurityEvent } from './views.ts'

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
