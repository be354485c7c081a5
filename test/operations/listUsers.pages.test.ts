import assert from 'node:assert/strict'
import { TestService } from '../support/service.ts'
import { addUser } from '../support/users.ts'
import { describeList } from './support/describeList.ts'
import { idsOf, ListReader } from './support/listReader.ts'

describeList({
  operationId: 'listUsers',
  table: 'users',
  tables: 'users, emails, sessions',
  orders: {
    '-date_joined': 'date_joined desc, id desc',
    date_joined: 'date_joined, id',
    email: 'lower(email) collate "C", id',
    '-email': 'lower(email) collate "C" desc, id desc',
  },
  forSuperusers: true,
  initialRows: 1,
  // Every second user is suspended, and every third is a superuser.
  insert: (service, _reader, count, together) =>
    service.sql(
      `insert into users (id, email, search_text, is_active, is_superuser, date_joined)
       select gen_random_uuid(), email, lower(email), number % 2 = 0, number % 3 = 0,
         timestamptz '2026-01-01' + (number / $2) * interval '1 microsecond'
       from generate_series(1, $1::integer) number, lateral (
         select case when number % 2 = 0 then 'Named' else 'named' end || md5(number::text) || '@example.com' as email
       ) as made`,
      [count, together],
    ),
  insertLatest: (service) =>
    service.sql(`insert into users (id, email, date_joined) values (gen_random_uuid(), 'new@example.com', now())`),
  removal: 'delete from users where id = any($1)',
  selections: [
    { title: 'all users', query: {}, where: 'true' },
    { title: 'users with a fragment', query: { search: 'NAMED' }, where: `email ilike 'named%'` },
    { title: 'users with two letters', query: { search: '@e' }, where: `email ilike 'named%'` },
    { title: 'suspended users', query: { is_active: 'false' }, where: 'not is_active' },
    { title: 'active users', query: { is_active: 'true' }, where: 'is_active' },
    { title: 'superusers', query: { is_superuser: 'true' }, where: 'is_superuser' },
  ],
  kept: {
    title: 'active users of a name',
    query: { search: 'NAMED', is_superuser: 'false', is_active: 'true' },
    where: `email ilike 'named%' and is_active and not is_superuser`,
  },
  refused: {
    email: ['nobody', 'a@b', `${'x'.repeat(250)}@example.com`, 'a@example.com\u0000'],
    search: ['x'.repeat(151), '\u0000', 'a\nb'],
    is_active: ['yes', '1e400'],
    is_superuser: ['x', 'TRUE'],
    ordering: ['first_name', 'date_joined,email', '--email', 'id', '+email', 'EMAIL'],
  },
})

describe('listUsers far from the first page (security 72)', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  for (const [ordering, order] of [
    ['-date_joined', 'date_joined desc'],
    ['email', 'email collate "C"'],
  ] as const) {
    it(`finds users after 2,000 others, forward and backward, by ${ordering}`, async () => {
      await service.sql('truncate users, emails, sessions')
      const reader = new ListReader(service, 'listUsers', await addUser(service, { superuser: true }))
      await service.sql(
        `insert into users (id, email, search_text, date_joined)
         select gen_random_uuid(), email, email, joined
         from generate_series(1, 3010) number, lateral (
           select case when number > 10 then md5(number::text) || '@example.com' else 'zz' || number || '@far.example' end,
             case when number > 10 then timestamptz '2026-01-01' + number * interval '1 microsecond'
               else timestamptz '2020-01-01' + number * interval '1 day' end
         ) as made (email, joined)`,
      )
      const rows = await service.sql<{ id: string }>(
        `select id from users where email like '%far.example' order by ${order}`,
      )
      const { forward, backward } = await reader.walk({ search: 'far.example', ordering, page_size: '4' })
      assert.deepEqual(
        idsOf(...forward),
        rows.map(({ id }) => id),
      )
      assert.deepEqual(idsOf(...backward), idsOf(...forward.slice(0, 2)))
      assert.ok(forward.every(({ count }) => count === 10))
    })
  }
})
