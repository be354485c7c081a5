import { pageMembers, readPage } from '../domain/pages.ts'
import { countLiveSessions, scanSessions } from '../domain/sessions.ts'
import type { OperationContext, Reply } from './context.ts'

export async function listSessions({
  input,
  principal,
  request,
  services,
}: OperationContext<'listSessions'>): Promise<Reply<'listSessions'>> {
  const { db, cursors } = services
  const { page_size: size, cursor } = input.query
  const userId = principal.user.id
  const [page, count] = await Promise.all([
    readPage(cursors, { list: 'listSessions', descending: true, cursor, size }, scanSessions(db, userId)),
    countLiveSessions(db, userId),
  ])
  const results = page.rows.map(({ timestamp, ...row }) => {
    const { id, last_used_at, expires_at, ip_address, user_agent } = row
    const is_current = id === principal.sessionId
    return { id, created_at: timestamp, last_used_at, expires_at, ip_address, user_agent, is_current }
  })
  return { status: 200, body: { ...pageMembers(request.url, page, count), results } }
}
