import { pageMembers, readPage } from '../domain/pagination.ts'
import { countLiveSessions, readSessions } from '../domain/sessions/sessions.ts'
import type { OperationContext, Reply } from './context.ts'

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
  const results = page.rows.map(({ timestamp, ...row }) => {
    const { id, last_used_at, expires_at, ip_address, user_agent, last_ip_address, last_user_agent } = row
    const is_current = id === principal.sessionId
    const first = { id, created_at: timestamp, last_used_at, expires_at, ip_address, user_agent }
    return { ...first, last_ip_address, last_user_agent, is_current }
  })
  return { status: 200, body: { ...pageMembers(request.url, page, count), results } }
}
