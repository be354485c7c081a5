import assert from 'node:assert/strict'
import { assertProblem, assertInvalid, assertUnauthorized } from '../support/answers.ts'
import { TestService, type OperationId } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'

type Listed = { id: string; email: string }

/** Who is there beside the superuser, in the order of joining. */
const people = [
  { email: 'anna@example.com', first_name: 'Anna', last_name: 'Smith' },
  { email: 'Boris@Пример.рф', first_name: 'Борис', last_name: 'Ёлкин', is_active: false },
  { email: 'istanbul@example.com', first_name: 'İSTANBUL', last_name: 'ΟΔΥΣΣΕΥΣ' },
  { email: 'wide@example.org', first_name: 'Ｗｉｄｅ', last_name: '100% _raw_ back\\slash', is_active: false },
  { email: 'root@example.org', first_name: 'e\u0301milie', last_name: "O'Brien", is_superuser: true },
  { email: 'plain@example.net', first_name: 'Per', last_name: 'Raw' },
]
const boris = 'Boris@пример.рф' // the domain as IDNA says
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
    }
  })
  after(() => service.stop())

  const list = (query: Record<string, string> = {}, token = superuser.access) =>
    service.call('listUsers', { query, token })
  /** The addresses found, sorted. */
  const found = async (query: Record<string, string>) => {
    const { status, body } = await list(query)
    assert.equal(status, 200, JSON.stringify(body))
    const results = body['results'] as Listed[]
    assert.equal(body['count'], results.length)
    return results.map(({ email }) => email).sort()
  }
  const sorted = (...emails: (string | undefined)[]) => emails.map(String).sort()

  it('lists everybody, the latest first, as getUser shows them', async () => {
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

  for (const [ordering, expected] of [
    ['-date_joined', [plain, root, wide, istanbul, boris, anna, admin]],
    ['date_joined', [admin, anna, boris, istanbul, wide, root, plain]],
    ['email', [anna, boris, istanbul, plain, root, admin, wide]],
    ['-email', [wide, admin, root, plain, istanbul, boris, anna]],
  ] as const) {
    it(`orders by ${ordering}; of addresses case makes no difference`, async () => {
      for (const search of ['', '@']) {
        const { body } = await list({ ordering, ...(search ? { search } : {}) })
        assert.deepEqual(
          (body['results'] as Listed[]).map(({ email }) => email),
          expected,
        )
      }
    })
  }

  for (const [title, query, ...expected] of [
    ['a fragment of an address', { search: 'xample.or' }, wide, root],
    ['a fragment of a name, case aside', { search: 'NNA sMI' }, anna],
    ['Cyrillic, case aside', { search: 'ЁЛК' }, boris],
    ['a domain as it is read', { search: '@ПРИМЕР' }, boris],
    ['İ by i', { search: 'istanb' }, istanbul],
    ['İ by İ', { search: 'İstanb' }, istanbul],
    ['a final sigma in the middle of a word', { search: 'οδυσς' }, istanbul],
    ['full-width letters by narrow ones', { search: 'wide 100' }, wide],
    ['narrow letters by full-width ones', { search: 'ＡＮＮＡ' }, anna],
    ['composed letters by decomposed ones', { search: 'ém' }, root],
    ['a quote', { search: "o'b" }, root],
    ['one letter', { search: 'Ё' }, boris],
    ['one sign', { search: '%' }, wide],
    ['an underscore, taken literally', { search: '_raw_' }, wide],
    ['a percent sign, taken literally', { search: '0% _r' }, wide],
    ['a percent sign that stands for nothing', { search: 'anna%smith' }],
    ['an underscore that stands for nothing', { search: 'ann_' }],
    ['a backslash, taken literally', { search: 'k\\s' }, wide],
    ['a backslash at the end', { search: 'back\\' }, wide],
    ['nothing', { search: 'nobody is called that' }],
    ['SQL', { search: `' or 1=1 --` }],
    ['an address', { email: 'anna@example.com' }, anna],
    ['an address, normalised', { email: 'BORIS＠XN--E1AFMKFD.xn--p1ai' }, boris],
    ['an address of nobody', { email: 'nobody@example.com' }],
    ['a fragment of an address, which is no address of anybody', { email: 'nna@example.com' }],
    ['the active', { is_active: 'true' }, admin, anna, istanbul, root, plain],
    ['the suspended', { is_active: 'false' }, boris, wide],
    ['superusers', { is_superuser: 'true' }, admin, root],
    ['the others', { is_superuser: 'false' }, anna, boris, istanbul, wide, plain],
    ['active others', { is_active: 'true', is_superuser: 'false' }, anna, istanbul, plain],
    ['suspended superusers', { is_active: 'false', is_superuser: 'true' }],
    ['a fragment among the suspended', { search: 'example', is_active: 'false' }, wide],
    ['a fragment among the active', { search: 'raw', is_active: 'true' }, plain],
    ['a fragment among superusers', { search: 'example.org', is_superuser: 'true' }, root],
    ['a fragment among the others', { search: 'example.org', is_superuser: 'false' }, wide],
    [
      'an address with every other filter',
      { email: String(root), search: 'brien', is_active: 'true', is_superuser: 'true' },
      root,
    ],
    ['an address that is not like the fragment', { email: String(root), search: 'anna' }],
    ['an address that is suspended', { email: String(wide), is_active: 'true' }],
    ['an address of no superuser', { email: String(wide), is_superuser: 'true' }],
  ] as const) {
    it(`finds ${title} (${JSON.stringify(query)}), in every order`, async () => {
      for (const ordering of ['-date_joined', 'date_joined', 'email', '-email'])
        assert.deepEqual(await found({ ...query, ordering }), sorted(...expected))
    })
  }

  it('finds nobody by an address that is held for the undoing of a change', async () => {
    const [row] = await service.sql<{ user_id: string }>('select user_id from emails where address = $1', [anna])
    await service.sql(
      `insert into emails (address, user_id, kind, held_until) values ('former@example.com', $1, 'held', now() + interval '1 day')`,
      [row?.user_id],
    )
    assert.deepEqual(await found({ email: 'former@example.com' }), [])
    assert.deepEqual(await found({ email: 'anna@example.com' }), [anna])
  })

  for (const [parameter, ...values] of [
    ['email', 'nobody', 'a@b', '', `${'x'.repeat(250)}@example.com`, 'a@example.com\u0000'],
    ['search', '', 'x'.repeat(151), '\u0000', 'a\nb'],
    ['is_active', 'yes', '1e400', ''],
    ['is_superuser', 'x', 'TRUE'],
    ['ordering', 'first_name', 'date_joined,email', '', '--email'],
    ['page_size', '0', '101', '1.5', 'x', '-1'],
    ['cursor', 'x', '', 'AAAAAAAAAAAAAAAAAAAAAAAA'],
  ] as const) {
    it(`refuses another form of ${parameter}, and names it`, async () => {
      for (const value of values) assertInvalid(await list({ [parameter]: value }), parameter)
    })
  }

  it('takes a search of 150 characters, emoji too, and any character that is printed', async () => {
    for (const search of ['😀'.repeat(150), '\u202e', '\ufffd', '%_\\'.repeat(50), ' ']) {
      const { status, body } = await list({ search })
      assert.equal(status, 200, JSON.stringify(body))
    }
  })

  it('is for superusers: 403 for others, 401 without a token; a right that is lost is lost at once (security 49, 76)', async () => {
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
