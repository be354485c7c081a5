import { countLogs, scanLoginLogs, type LoginLogRow } from '../domain/loginLogs.ts'
import { requireIpAddress, toMoment } from '../domain/filters.ts'
import { pageMembers, readPage } from '../domain/pages.ts'
import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

export async function listLoginLogs({
  input,
  principal,
  request,
  services,
}: OperationContext<'listLoginLogs'>): Promise<Reply<'listLoginLogs'>> {
  const { user: asker } = principal
  const {
    user,
    timestamp_after,
    timestamp_before,
    ip_address,
    user_agent = '',
    ordering,
    page_size: size,
    cursor,
  } = input.query
  if (!asker.is_superuser && user !== undefined && user.toLowerCase() !== asker.id)
    throw new Problem('permission_denied')
  const userId = asker.is_superuser ? user : asker.id
  const filter = {
    after: toMoment(timestamp_after) ?? '-infinity',
    before: toMoment(timestamp_before) ?? 'infinity',
    ipAddress: ip_address === undefined ? null : requireIpAddress(ip_address),
    userAgent: user_agent,
  }
  const descending = ordering === '-timestamp'
  const list = `listLoginLogs ${ordering}`
  const [page, count] = await Promise.all([
    readPage(services.cursors, { list, descending, cursor, size }, scanLoginLogs(services.db, userId, filter)),
    countLogs(services.db, userId, filter),
  ])
  return { status: 200, body: { ...pageMembers(request.url, page, count), results: page.rows.map(asLoginLog) } }
}

export function asLoginLog({ id, user_id, ip_address, user_agent, timestamp }: LoginLogRow) {
  return { id, user: user_id, ip_address, user_agent, timestamp }
}
