import { randomUUID } from 'node:crypto'
import type { TestService } from '../../support/service.ts'

/** Inserts active sessions of a user, with start times one second apart. @returns the tokens of the oldest */
export async function fillSessions(
  service: TestService,
  userId: string,
  many: number,
  { analyzed = true } = {},
): Promise<{ access: string; refresh: string }> {
  const id = randomUUID()
  await service.sql(
    `insert into sessions (user_id, id, created_at, idle_until, absolute_until, ip_address, user_agent)
     select $1, case number when $3::integer then $2 else gen_random_uuid() end, now() - number * interval '1 second',
       now() + interval '1 day', now() + interval '30 days', '127.0.0.1', 'bulk'
     from generate_series(1, $3::integer) number`,
    [userId, id, many],
  )
  if (analyzed) await service.sql('analyze sessions')
  const now = Math.floor(Date.now() / 1000)
  const session = { user_id: userId, id, generation: 1, issued_at: now, idle_until: now + 86_400 }
  return service.service.services.tokens.issuePair(session)
}

/** Counts the rows of a user's sessions that are not marked as ended, even if the sessions are not valid. */
export async function rowsNotMarked(service: TestService, userId: string): Promise<number> {
  const [row] = await service.sql<{ count: number }>(
    'select count(*)::integer as count from sessions where user_id = $1 and ended_at is null',
    [userId],
  )
  return row?.count ?? 0
}
