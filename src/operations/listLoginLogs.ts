import { countLoginLogs, readLoginLogs } from '../domain/events/loginLogs.ts'
import { toLogFilter } from '../domain/events/filters.ts'
import { requireRecordAccess } from '../domain/sessions/principal.ts'
import { pageMembers, readPage } from '../domain/pagination.ts'
import type { OperationContext, Reply } from './context.ts'
import { asLoginLog } from './views.ts'

export async function listLoginLogs({
  input,
  principal,
  request,
  services,
}: OperationContext<'listLoginLogs'>): Promise<Reply<'listLoginLogs'>> {
  const { user, ordering, page_size: size, cursor } = input.query
  const userId = requireRecordAccess(principal, user)
  const search = { userId, filter: toLogFilter(input.query) }
  const pageRequest = { list: `listLoginLogs ${ordering}`, descending: ordering === '-timestamp', cursor, size }
  const [page, count] = await services.lists.run(principal.user.id, (db) =>
    Promise.all([
      readPage(services.cursors, pageRequest, (slice) => readLoginLogs(db, search, slice)),
      countLoginLogs(db, search),
    ]),
  )
  return { status: 200, body: { ...pageMembers(request.url, page, count), results: page.rows.map(asLoginLog) } }
}
