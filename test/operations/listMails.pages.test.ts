import { describeList } from './support/describeList.ts'

describeList({
  operationId: 'listMails',
  table: 'mails',
  tables: 'mails',
  orders: { '': 'created_at desc, id desc' },
  forSuperusers: true,
  initialRows: 0,
  // Every third mail is to another address, and every second one has failed.
  insert: (service, _reader, count, together) =>
    service.sql(
      `insert into mails (id, kind, address, status, created_at)
       select gen_random_uuid(), 'restore', case when number % 3 = 0 then 'ben@example.com' else 'ann@example.com' end,
         case when number % 2 = 0 then 'failed' else 'sent' end,
         now() - interval '1 day' + (number / $2) * interval '1 microsecond'
       from generate_series(1, $1::integer) number`,
      [count, together],
    ),
  insertLatest: (service) =>
    service.sql(`insert into mails (id, kind, address) values (gen_random_uuid(), 'restore', 'new@example.com')`),
  removal: 'delete from mails where id = any($1)',
  selections: [
    { title: 'all mails', query: {}, where: 'true' },
    { title: 'failed mails', query: { status: 'failed' }, where: `status = 'failed'` },
    { title: 'mails to an address', query: { email: 'ANN@example.com' }, where: `address = 'ann@example.com'` },
  ],
  kept: {
    title: 'failed mails to an address',
    query: { status: 'failed', email: 'ann@example.com' },
    where: `status = 'failed' and address = 'ann@example.com'`,
  },
  refused: {
    status: ['pending', 'FAILED', 'failed,sent', '%'],
    email: ['nobody', 'a@b', 'a@example.com\u0000'],
  },
})
