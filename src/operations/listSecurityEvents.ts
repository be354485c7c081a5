import { toLogFilter } from '../domain/events/filters.ts'
import { requireRecordAccess } from '../domain/sessions/principal.ts'
import { pageMembers, readPage } from '../domain/pagination.ts'
import { countEvents, scanSecurityEvents } from '../domain/events/securityEvents.ts'
import type { OperationContext, Reply } from './context.ts'
import { asSecurityEvent } from './views.ts'

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
  const pageRequest = { list: `listSecurityEvents ${ordering}`, descending, cursor, size }
  const [page, count] = await services.lists.run(principal.user.id, (db) =>
    Promise.all([
      readPage(services.cursors, pageRequest, scanSecurityEvents(db, scope, filter)),
      countEvents(db, scope, filter),
    ]),
  )
  return { status: 200, body: { ...pageMembers(request.url, page, count), results: page.rows.map(asSecurityEvent) } }
}
