import { pageMembers, readPage } from '../domain/pagination.ts'
import { countLiveSessions, readSessions } from '../domain/sessions/sessions.ts'
import { requireUser } from '../domain/accounts/users.ts'
import type { OperationContext, Reply } from './context.ts'
import { asSession } from './views.ts'

export async function listUserSessions({
  input,
  principal,
  request,
  services,
}: OperationContext<'listUserSessions'>): Promise<Reply<'listUserSessions'>> {
  const { page_size: size, cursor } = input.query
  const userId = input.path.user_id
  const pageRequest = { list: 'listUserSessions', descending: true, cursor, size }
  const [page, count] = await services.lists.run(principal.user.id, (db) =>
    Promise.all([
      readPage(services.cursors, pageRequest, (slice) => readSessions(db, userId, slice)),
      countLiveSessions(db, userId),
      requireUser(db, userId),
    ]),
  )
  const results = page.rows.map((row) => asSession(row, principal.sessionId))
  return { status: 200, body: { ...pageMembers(request.url, page, count), results } }
}
