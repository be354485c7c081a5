import assert from 'node:assert/strict'
import { assertInvalid } from '../support/answers.ts'
import { beginTransaction, untilBlocked } from '../support/locks.ts'
import { TestService } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'
import { describeUnreadableBodies } from './support/describeBodies.ts'
import { describeCredentials } from './support/describeCredentials.ts'
import { getMe } from './support/requests.ts'

describe('updateMe', () => {
  let service: TestService
  let user: Person

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service)
  })

  const update = (body: unknown) => service.call('updateMe', { token: user.access, body })
  const stored = async () => {
    const [row] = await service.sql(
      'select first_name, last_name, language, email, is_superuser, is_active from users where id = $1',
      [user.id],
    )
    return row
  }
  const fresh = () => ({
    first_name: '',
    last_name: '',
    language: 'en',
    email: user.email,
    is_superuser: false,
    is_active: true,
  })

  for (const [member, value] of [
    ['first_name', 'Тест'],
    ['last_name', 'O’Brien <b>"&'],
    ['language', 'ru'],
    ['language', 'en'],
    ['first_name', '😀'.repeat(150)],
    ['last_name', 'x'.repeat(150)],
  ] as const) {
    it(`changes only ${member}, to ${value.slice(0, 20)}`, async () => {
      const { status, body } = await update({ [member]: value })
      assert.equal(status, 200)
      assert.equal(body[member], value)
      assert.deepEqual(await stored(), { ...fresh(), [member]: value })
      const me = await getMe(service, user.access)
      assert.deepEqual(me.body, body)
    })
  }

  it('changes several members at once, and can clear a name', async () => {
    await update({ first_name: 'A', last_name: 'B', language: 'ru' })
    assert.deepEqual(await stored(), { ...fresh(), first_name: 'A', last_name: 'B', language: 'ru' })
    await update({ last_name: '' })
    assert.deepEqual(await stored(), { ...fresh(), first_name: 'A', language: 'ru' })
  })

  it('changes nothing if the body is an empty object', async () => {
    const { status, body } = await update({})
    assert.deepEqual([status, body['id']], [200, user.id])
    assert.deepEqual(await stored(), fresh())
  })

  it('does not change other users', async () => {
    const other = await addUser(service)
    await update({ first_name: 'Mine' })
    const [row] = await service.sql<{ first_name: string }>('select first_name from users where id = $1', [other.id])
    assert.equal(row?.first_name, '')
  })

  describe('members that updateMe cannot change (security 65, 75)', () => {
    for (const member of [
      'is_superuser',
      'is_active',
      'email',
      'id',
      'password',
      'date_joined',
      'constructor',
      'FIRST_NAME',
    ]) {
      it(`include ${member}`, async () => {
        assertInvalid(await update({ first_name: 'Changed', [member]: true }), `/${member}`)
        assert.deepEqual(await stored(), fresh())
      })
    }

    it('include __proto__', async () => {
      const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${user.access}` }
      const body = '{"__proto__": {"is_superuser": true}}'
      assertInvalid(await service.fetch('/api/v1/users/me/', { method: 'PATCH', headers, body }), '/__proto__')
    })
  })

  describe('malformed members in updateMe (security 68, 69)', () => {
    for (const [title, body, pointer] of [
      ['a first name of 151 characters', { first_name: 'x'.repeat(151) }, '/first_name'],
      ['a last name of 151 characters', { last_name: 'x'.repeat(151) }, '/last_name'],
      ['a line break', { first_name: 'a\nBcc: x' }, '/first_name'],
      ['NUL', { last_name: 'a\u0000b' }, '/last_name'],
      ['DEL', { last_name: '\u007f' }, '/last_name'],
      ['a lone surrogate', { first_name: '\ud800' }, '/first_name'],
      ['null', { first_name: null }, '/first_name'],
      ['a number', { first_name: 1 }, '/first_name'],
      ['another language', { language: 'de' }, '/language'],
      ['a language in capitals', { language: 'EN' }, '/language'],
      ['an empty language', { language: '' }, '/language'],
    ] as const) {
      it(`get 400 with their pointers: ${title}`, async () => {
        assertInvalid(await update(body), pointer)
        assert.deepEqual(await stored(), fresh())
      })
    }
  })

  describeUnreadableBodies('updateMe', () => service)

  it('waits for a simultaneous email change, so that listUsers finds the new address', async () => {
    const elsewhere = await beginTransaction(service.databaseUrl)
    try {
      await elsewhere.query(`update users set email = 'moved@example.com' where id = $1`, [user.id])
      const answer = update({ first_name: 'Anne' })
      await untilBlocked(service)
      await elsewhere.query('commit')
      assert.equal((await answer).status, 200)
    } finally {
      await elsewhere.end()
    }
    const [row] = await service.sql<{ search_text: string }>('select search_text from users where id = $1', [user.id])
    assert.equal(row?.search_text, 'moved@example.com anne ')
  })

  describeCredentials('updateMe', () => service, {
    calls: () => [{ body: { surprise: 1 } }, { body: { first_name: 'Changed' } }],
  })
})
