import { describeList } from './support/describeList.ts'
import { refusedRecordParameters } from './support/records.ts'

describeList({
  operationId: 'listSecurityEvents',
  table: 'security_events',
  tables: 'security_events',
  orders: { '-timestamp': 'timestamp desc, id desc', timestamp: 'timestamp, id' },
  forSuperusers: false,
  initialRows: 0,
  insert: (service, { id }, count, together) =>
    service.sql(
      `insert into security_events (user_id, timestamp, id, type)
       select $1, date_trunc('second', now()) - (number / $3) * interval '20 days', gen_random_uuid(),
         case when number % 2 = 0 then 'sign_in_failed' else 'new_device' end
       from generate_series(1, $2::integer) number`,
      [id, count, together],
    ),
  insertLatest: (service, { id }) =>
    service.sql(
      `insert into security_events (user_id, timestamp, id, type)
       values ($1, now() + interval '1 hour', gen_random_uuid(), 'user_updated')`,
      [id],
    ),
  removal: 'delete from security_events where id = any($1)',
  selections: [
    { title: 'the user’s own events', query: {}, where: 'user_id = $1' },
    {
      title: 'the user’s own events of a type',
      query: { type: 'new_device' },
      where: `user_id = $1 and type = 'new_device'`,
    },
    { title: 'all events', query: {}, where: 'true', reader: 'superuser' },
    {
      title: 'all events of a type',
      query: { type: 'sign_in_failed' },
      where: `type = 'sign_in_failed'`,
      reader: 'superuser',
    },
  ],
  kept: { title: 'a type', query: { type: 'new_device' }, where: `user_id = $1 and type = 'new_device'` },
  refused: {
    ...refusedRecordParameters,
    type: ['x', 'SIGN_IN_FAILED', 'sign_in_failed,new_device', 'account_lost'],
  },
})
