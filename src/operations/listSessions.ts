import { pageMembers, readPage } from '../domain/pagination.ts'
import { countLiveSessions, readSessions } from '../domain/sessions/sessions.ts'
import type { OperationContext, Reply } from './context.ts'
import { asSession } from './views.ts'

export async function listSessions({
  input,
  principal,
  request,
  services,
}: OperationContext<'listSessions'>): Promise<Reply<'listSessions'>> {
  const { page_size: size, cursor } = input.query
  const userId = principal.user.id
  const pageRequest = { list: 'listSessions', descending: true, cursor, size }
  const [page, count] = await services.lists.run(userId, (db) =>
    Promise.all([
      readPage(services.cursors, pageRequest, (slice) => readSessions(db, userId, slice)),
      countLiveSessions(db, userId),
    ]),
  )
  const results = page.rows.map((row) => asSession(row, principal.sessionId))
  return { status: 200, body: { ...pageMembers(request.url, page, count), results } }
}
