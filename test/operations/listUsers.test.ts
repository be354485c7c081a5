import assert from 'node:assert/strict'
import { assertProblem, assertUnauthorized } from '../support/answers.ts'
import { TestService, type OperationId } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'

type Listed = { id: string; email: string }

/** The users in addition to the superuser, in the order of joining. */
const people = [
  { email: 'anna@example.com', first_name: 'Anna', last_name: 'Smith' },
  { email: 'Boris@Пример.рф', first_name: 'Борис', last_name: 'Ёлкин', is_active: false },
  { email: 'istanbul@example.com', first_name: 'İSTANBUL', last_name: 'ΟΔΥΣΣΕΥΣ' },
  { email: 'wide@example.org', first_name: 'Ｗｉｄｅ', last_name: '100% _raw_ back\\slash', is_active: false },
  { email: 'root@example.org', first_name: 'e\u0301milie', last_name: "O'Brien", is_superuser: true },
  { email: 'plain@example.net', first_name: 'Per', last_name: 'Raw' },
]
const boris = 'Boris@пример.рф' // The domain is in its displayed form.
const [anna, , istanbul, wide, root, plain] = people.map(({ email }) => email)
const admin = 'user1@example.com'

describe('listUsers', () => {
  let service: TestService
  let superuser: Person

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
    assert.equal(superuser.email, admin)
    await service.sql(`update users set search_text = email, date_joined = '2026-01-01' where id = $1`, [superuser.id])
    for (const [at, body] of people.entries()) {
      const { status, body: user } = await service.call('createUser', { body, token: superuser.access })
      assert.equal(status, 201, JSON.stringify(user))
      const joined = `2026-01-02T00:00:00.00000${String(at)}Z`
      await service.sql('update users set date_joined = $2 where id = $1', [user['id'], joined])
      // As an import leaves them.
      await service.sql('insert into legacy_ids (legacy_id, user_id) values ($1, $2)', [String(at + 1), user['id']])
    }
  })
  after(() => service.stop())

  const list = (query: Record<string, string> = {}, token = superuser.access) =>
    service.call('listUsers', { query, token })
  /** Returns the addresses that a query finds, sorted. */
  const found = async (query: Record<string, string>) => {
    const { status, body } = await list(query)
    assert.equal(status, 200, JSON.stringify(body))
    const results = body['results'] as Listed[]
    assert.equal(body['count'], results.length)
    return results.map(({ email }) => email).sort()
  }
  const sorted = (...emails: (string | undefined)[]) => emails.map(String).sort()

  it('lists all users as getUser returns them, the latest first', async () => {
    const { body } = await list()
    const results = body['results'] as Listed[]
    assert.deepEqual(
      results.map(({ email }) => email),
      [plain, root, wide, istanbul, boris, anna, admin],
    )
    assert.deepEqual([body['count'], body['next'], body['previous']], [7, null, null])
    for (const user of results) {
      const { body: alone } = await service.call('getUser', { path: { user_id: user.id }, token: superuser.access })
      assert.deepEqual(user, alone)
    }
  })

  it('shows the legacy id of imported users only', async () => {
    const { body } = await list({ ordering: 'date_joined' })
    const ids = (body['results'] as { legacy_id?: string }[]).map(({ legacy_id }) => legacy_id)
    assert.deepEqual(ids, [undefined, '1', '2', '3', '4', '5', '6'])
  })

  for (const [ordering, expected] of [
    ['-date_joined', [plain, root, wide, istanbul, boris, anna, admin]],
    ['date_joined', [admin, anna, boris, istanbul, wide, root, plain]],
    ['email', [anna, boris, istanbul, plain, root, admin, wide]],
    ['-email', [wide, admin, root, plain, istanbul, boris, anna]],
  ] as const) {
    it(`orders by ${ordering}, ignoring the case of email addresses`, async () => {
      for (const search of ['', '@']) {
        const { body } = await list({ ordering, ...(search ? { search } : {}) })
        assert.deepEqual(
          (body['results'] as Listed[]).map(({ email }) => email),
          expected,
        )
      }
    })
  }

  describe('the filters of listUsers', () => {
    for (const [title, query, ...expected] of [
      ['a fragment of an address', { search: 'xample.or' }, wide, root],
      ['a fragment of a name, in any case', { search: 'NNA sMI' }, anna],
      ['Cyrillic, in any case', { search: 'ЁЛК' }, boris],
      ['a domain in its displayed form', { search: '@ПРИМЕР' }, boris],
      ['the Turkish letter İ by i', { search: 'istanb' }, istanbul],
      ['the Turkish letter İ by itself', { search: 'İstanb' }, istanbul],
      ['a final sigma in the middle of a word', { search: 'οδυσς' }, istanbul],
      ['full-width letters by narrow ones', { search: 'wide 100' }, wide],
      ['narrow letters by full-width ones', { search: 'ＡＮＮＡ' }, anna],
      ['composed letters by decomposed ones', { search: 'ém' }, root],
      ['a quote', { search: "o'b" }, root],
      ['one letter', { search: 'Ё' }, boris],
      ['one character that is no letter', { search: '%' }, wide],
      ['a literal underscore', { search: '_raw_' }, wide],
      ['a literal percent sign', { search: '0% _r' }, wide],
      ['nothing by % as a wildcard', { search: 'anna%smith' }],
      ['nothing by _ as a wildcard', { search: 'ann_' }],
      ['a literal backslash', { search: 'k\\s' }, wide],
      ['a backslash at the end', { search: 'back\\' }, wide],
      ['nothing by an unknown text', { search: 'no name is like that' }],
      ['nothing by SQL', { search: `' or 1=1 --` }],
      ['an address', { email: 'anna@example.com' }, anna],
      ['an address in another form', { email: 'BORIS＠XN--E1AFMKFD.xn--p1ai' }, boris],
      ['nothing by an unknown address', { email: 'nobody@example.com' }],
      ['nothing by a fragment as the address', { email: 'nna@example.com' }],
      ['a legacy id', { legacy_id: '1' }, anna],
      ['nothing by an unknown legacy id', { legacy_id: '11' }],
      ['a legacy id and the address of the same user', { legacy_id: '1', email: 'anna@example.com' }, anna],
      ['nothing by a legacy id and the address of another user', { legacy_id: '1', email: String(wide) }],
      ['nothing by a legacy id and an unknown address', { legacy_id: '1', email: 'nobody@example.com' }],
      ['nothing by a legacy id without the fragment', { legacy_id: '1', search: 'raw' }],
      ['active users', { is_active: 'true' }, admin, anna, istanbul, root, plain],
      ['suspended users', { is_active: 'false' }, boris, wide],
      ['superusers', { is_superuser: 'true' }, admin, root],
      ['users who are no superusers', { is_superuser: 'false' }, anna, boris, istanbul, wide, plain],
      ['active users who are no superusers', { is_active: 'true', is_superuser: 'false' }, anna, istanbul, plain],
      ['no suspended superuser', { is_active: 'false', is_superuser: 'true' }],
      ['a fragment among suspended users', { search: 'example', is_active: 'false' }, wide],
      ['a fragment among active users', { search: 'raw', is_active: 'true' }, plain],
      ['a fragment among superusers', { search: 'example.org', is_superuser: 'true' }, root],
      ['a fragment among users who are no superusers', { search: 'example.org', is_superuser: 'false' }, wide],
      [
        'an address with every other filter',
        { email: String(root), search: 'brien', is_active: 'true', is_superuser: 'true' },
        root,
      ],
      ['nothing by an address without the fragment', { email: String(root), search: 'anna' }],
      ['nothing active by a suspended user’s address', { email: String(wide), is_active: 'true' }],
      ['no superuser by another user’s address', { email: String(wide), is_superuser: 'true' }],
    ] as const) {
      it(`find ${title}, in every order`, async () => {
        for (const ordering of ['-date_joined', 'date_joined', 'email', '-email'])
          assert.deepEqual(await found({ ...query, ordering }), sorted(...expected))
      })
    }

    it('find no user by an address that is held for the user', async () => {
      const [row] = await service.sql<{ user_id: string }>('select user_id from emails where address = $1', [anna])
      await service.sql(
        `insert into emails (address, user_id, kind, held_until) values ('former@example.com', $1, 'held', now() + interval '1 day')`,
        [row?.user_id],
      )
      assert.deepEqual(await found({ email: 'former@example.com' }), [])
      assert.deepEqual(await found({ email: 'anna@example.com' }), [anna])
    })

    it('accept a search text of 150 characters, emoji and all printable characters', async () => {
      for (const search of ['😀'.repeat(150), '\u202e', '\ufffd', '%_\\'.repeat(50), ' ']) {
        const { status, body } = await list({ search })
        assert.equal(status, 200, JSON.stringify(body))
      }
    })
  })

  describe('access to listUsers (security 49, 76)', () => {
    it('is limited to superusers, and ends at once when the role is revoked', async () => {
      const user = await addUser(service)
      assertProblem(await list({}, user.access), 403, 'permission_denied')
      assertProblem(await list({ page_size: 'x' }, user.access), 403, 'permission_denied')
      assertUnauthorized(await service.call('listUsers'), 'not_authenticated')
      const path = { user_id: user.id }
      const grant = (is_superuser: boolean) =>
        service.call('updateUser', { path, body: { is_superuser }, token: superuser.access })
      await grant(true)
      assert.equal((await list({}, user.access)).status, 200)
      await grant(false)
      for (const id of ['listUsers', 'getUser', 'revokeUserSessions'] satisfies OperationId[])
        assertProblem(await service.call(id, { token: user.access, path }), 403, 'permission_denied')
    })
  })
})
