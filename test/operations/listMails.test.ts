import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { TestService } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'
import { describeSuperusersOnly } from './support/describeCredentials.ts'
import { onlyPage } from './support/listReader.ts'

const kinds = [
  ...['activation', 'restore', 'invitation', 'confirm_email', 'email_changed', 'email_change_undone'],
  ...['password_changed', 'new_device', 'new_devices', 'account_deleted'],
]
type Mail = { id: string; kind: string; status: string; email?: string; sent_at?: string; last_error?: string }

describe('listMails', () => {
  let service: TestService
  let superuser: Person

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())
  beforeEach(() => service.sql('truncate mails'))

  const list = async (query: Record<string, string> = {}) => {
    const { status, body } = await service.call('listMails', { token: superuser.access, query })
    assert.equal(status, 200, JSON.stringify(body))
    return body as unknown as { count: number; results: Mail[] }
  }

  it('returns the documented members, and leaves out those without a value', async () => {
    const [failed, dropped] = [randomUUID(), randomUUID()]
    await service.sql(
      `insert into mails (id, kind, address, status, attempts, last_error, created_at, sent_at)
       values ($1, 'restore', 'ann@example.com', 'failed', 2, '550 no', '2026-11-24T09:28:11.5Z', '2026-11-24T09:28:12Z'),
         ($2, 'activation', '', 'dropped', 1, null, '2026-11-24T09:28:10Z', null)`,
      [failed, dropped],
    )
    assert.deepEqual(await list(), {
      count: 2,
      ...onlyPage,
      results: [
        {
          ...{ id: failed, kind: 'restore', email: 'ann@example.com', status: 'failed', attempts: 2 },
          ...{
            last_error: '550 no',
            created_at: '2026-11-24T09:28:11.500000Z',
            sent_at: '2026-11-24T09:28:12.000000Z',
          },
        },
        { id: dropped, kind: 'activation', status: 'dropped', attempts: 1, created_at: '2026-11-24T09:28:10.000000Z' },
      ],
    })
  })

  it('returns mails of every kind and status', async () => {
    const statuses = ['queued', 'sent', 'failed', 'dropped']
    await service.sql(
      `insert into mails (id, kind, address, status)
       select gen_random_uuid(), kind, 'ann@example.com', status from unnest($1::text[]) kind, unnest($2::text[]) status`,
      [kinds, statuses],
    )
    const { results } = await list({ page_size: '100' })
    assert.equal(new Set(results.map(({ kind, status }) => `${kind} ${status}`)).size, kinds.length * statuses.length)
    for (const status of statuses) {
      const found = await list({ status, email: 'Ann@Example.com' })
      assert.deepEqual(
        [found.count, new Set(found.results.map((mail) => mail.status))],
        [kinds.length, new Set([status])],
      )
    }
  })

  describe('a mail with a code in listMails (security 19, 80)', () => {
    it('shows neither the code nor the link', async () => {
      const email = service.email()
      const body = { email, password: 'a long password', password_confirm: 'a long password' }
      assert.equal((await service.call('registerUser', { body })).status, 201)
      const { code } = await service.mailTo(email)
      const page = await list({ email })
      assert.equal(page.count, 1)
      assert.ok(!JSON.stringify(page).includes(code))
      assert.ok(!JSON.stringify(page).includes('http'))
    })
  })

  describeSuperusersOnly('listMails', () => service)
})
