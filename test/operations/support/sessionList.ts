import type { ListUnderTest } from './listUnderTest.ts'

/** What listSessions and listUserSessions have in common. */
export const sessionList = {
  table: 'sessions',
  tables: 'sessions',
  orders: { '': 'created_at desc, id desc' },
  initialRows: 1,
  insert: (service, { id }, count, together) =>
    service.sql(
      `insert into sessions (user_id, id, created_at, last_used_at, idle_until, absolute_until, ip_address, user_agent)
       select $1, gen_random_uuid(), moment, moment, now() + interval '1 day', now() + interval '30 days', '::1', 'curl'
       from generate_series(1, $2::integer) number,
         lateral (select date_trunc('second', now()) - (1 + number / $3) * interval '1 second' as moment) as made`,
      [id, count, together],
    ),
  insertLatest: (service, { id }) =>
    service.sql(
      `insert into sessions (user_id, id, created_at, idle_until, absolute_until, ip_address, user_agent)
       values ($1, gen_random_uuid(), now(), now() + interval '1 day', now() + interval '30 days', '::1', 'new')`,
      [id],
    ),
  removal: 'update sessions set ended_at = now() where id = any($1)',
  selections: [{ title: 'the user’s sessions', query: {}, where: 'user_id = $1' }],
  kept: { title: 'the user’s sessions', query: {}, where: 'user_id = $1' },
  refused: {},
} satisfies Omit<ListUnderTest, 'operationId' | 'forSuperusers'>
