import assert from 'node:assert/strict'
import { assertInvalid } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'
import { describeCredentials, describeSuperusersOnly } from './support/describeCredentials.ts'
import { ListReader, onlyPage, type Page } from './support/listReader.ts'

describe('listSuppressedAddresses', () => {
  let service: TestService
  let superuser: Person
  let reader: ListReader

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
    reader = new ListReader(service, 'listSuppressedAddresses', superuser)
  })
  after(() => service.stop())
  beforeEach(() => service.sql('truncate suppressed_addresses'))

  /** Suppresses addresses. Always three of them were suppressed at the same time. */
  const add = (count: number) =>
    service.sql(
      `insert into suppressed_addresses (address, source, reason, diagnostic, created_at)
       select 'a' || number || '@example.com', 'smtp', '550', '', now() - number / 3 * interval '1 minute'
       from generate_series(1, $1::integer) number`,
      [count],
    )
  const emailsOf = (...pages: Page[]) =>
    pages.flatMap(({ results }) => (results as unknown as { email: string }[]).map(({ email }) => email))

  it('returns the documented members', async () => {
    await service.sql(
      `insert into suppressed_addresses (address, source, reason, diagnostic, created_at)
       values ('ann@example.com', 'smtp', '5.1.1', '550 5.1.1 No such user', '2026-11-24T09:28:12.5Z'),
         ('ben@example.com', 'dsn', '550', '', '2026-11-23T09:28:12Z')`,
    )
    assert.deepEqual(await reader.read(), {
      count: 2,
      ...onlyPage,
      results: [
        {
          ...{ email: 'ann@example.com', source: 'smtp', reason: '5.1.1', diagnostic: '550 5.1.1 No such user' },
          created_at: '2026-11-24T09:28:12.500000Z',
        },
        {
          ...{ email: 'ben@example.com', source: 'dsn', reason: '550', diagnostic: '' },
          created_at: '2026-11-23T09:28:12.000000Z',
        },
      ],
    })
  })

  it('returns all addresses page by page, the latest first, forward and backward', async () => {
    await add(22)
    const rows = await service.sql<{ address: string }>(
      'select address from suppressed_addresses order by created_at desc, address desc',
    )
    const expected = rows.map(({ address }) => address)
    const { forward, backward } = await reader.walk({ page_size: '4' })
    assert.deepEqual(emailsOf(...forward), expected)
    assert.deepEqual(emailsOf(...backward), expected.slice(0, 20))
    assert.ok(forward.every(({ count }) => count === 22))
  })

  it('counts up to 10,000 addresses, and marks a higher count as capped', async () => {
    await add(10_000)
    assert.deepEqual(((page) => [page.count, page.count_capped])(await reader.read()), [10_000, undefined])
    await service.sql(
      `insert into suppressed_addresses (address, source, reason, diagnostic) values ('b@example.com', 'dsn', '550', '')`,
    )
    assert.deepEqual(((page) => [page.count, page.count_capped])(await reader.read()), [10_000, true])
  })

  it('refuses the cursor of another list, and malformed parameters', async () => {
    await service.sql(
      `insert into mails (id, kind, address) select gen_random_uuid(), 'restore', 'a@example.com' from generate_series(1, 2)`,
    )
    const mails = await new ListReader(service, 'listMails', superuser).read({ page_size: '1' })
    for (const query of [{ cursor: mails.next_cursor ?? '' }, { cursor: 'x' }]) {
      const answer = await service.call('listSuppressedAddresses', { token: superuser.access, query })
      assertInvalid(answer, 'cursor')
    }
    const query = { page_size: '101' }
    assertInvalid(await service.call('listSuppressedAddresses', { token: superuser.access, query }), 'page_size')
  })

  describeCredentials('listSuppressedAddresses', () => service, { superuser: true })
  describeSuperusersOnly('listSuppressedAddresses', () => service)
})
