import { describeList } from './support/describeList.ts'
import { refusedRecordParameters } from './support/records.ts'

describeList({
  operationId: 'listLoginLogs',
  table: 'login_logs',
  tables: 'login_logs',
  orders: { '-timestamp': 'timestamp desc, id desc', timestamp: 'timestamp, id' },
  forSuperusers: false,
  initialRows: 0,
  insert: (service, { id }, count, together) =>
    service.sql(
      `insert into login_logs (user_id, timestamp, id, ip_address, user_agent)
       select $1, date_trunc('second', now()) - (number / $3) * interval '1 day', gen_random_uuid(), '203.0.113.7',
         case when number % 3 = 0 then 'other' else 'a&b=c +%' end
       from generate_series(1, $2::integer) number`,
      [id, count, together],
    ),
  insertLatest: (service, { id }) =>
    service.sql(
      `insert into login_logs (user_id, timestamp, id, ip_address, user_agent)
       values ($1, now() + interval '1 hour', gen_random_uuid(), '::1', 'new')`,
      [id],
    ),
  removal: 'delete from login_logs where id = any($1)',
  selections: [
    { title: 'the user’s own records', query: {}, where: 'user_id = $1' },
    { title: 'all records', query: {}, where: 'true', reader: 'superuser' },
  ],
  kept: {
    title: 'a device and an address',
    query: { user_agent: 'A&B=C +%', ip_address: '203.0.113.7' },
    where: `user_id = $1 and user_agent = 'a&b=c +%'`,
  },
  refused: refusedRecordParameters,
})
