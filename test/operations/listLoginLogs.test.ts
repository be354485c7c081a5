import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { assertProblem, assertInvalid, assertUnauthorized, head } from '../support/answers.ts'
import { addUser } from '../support/users.ts'
import {
  firefox,
  january,
  june,
  march1,
  march2,
  march3,
  ofUser,
  startWithLogs,
  type Log,
  type LoginLogs,
} from './support/loginLogs.ts'

describe('listLoginLogs', () => {
  let logs: LoginLogs

  before(async () => {
    logs = await startWithLogs()
  })
  after(() => logs.service.stop())

  it('answers with a page of one’s own records, these members and no others (compatibility)', async () => {
    const { status, body, headers } = await logs.list()
    assert.equal(status, 200)
    const results = body['results'] as Log[]
    assert.deepEqual({ ...body, results: [] }, { count: 4, next: null, previous: null, results: [] })
    assert.ok(results.every((log) => log.user === logs.user.id && /^[0-9a-f-]{36}$/.test(log.id)))
    const [, , , { id: _, ...last } = {}] = results
    assert.deepEqual(last, {
      user: logs.user.id,
      ip_address: '203.0.113.7',
      user_agent: firefox,
      timestamp: '2026-03-01T12:00:00.000001Z',
    })
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.deepEqual(await head(logs.service, '/api/v1/logs/login/', logs.user.access), {
      status: 200,
      type: 'application/json',
      text: '',
    })
  })

  it('is empty for somebody without records', async () => {
    const nobody = await addUser(logs.service)
    assert.deepEqual((await logs.list({}, nobody)).body, { count: 0, next: null, previous: null, results: [] })
  })

  it('shows users their own records only, and 403 for anybody else’s, existing or not (security 76)', async () => {
    assert.deepEqual(await logs.found({ user: logs.user.id }), ofUser)
    assert.deepEqual(await logs.found({ user: logs.user.id.toUpperCase() }), ofUser)
    assertProblem(await logs.list({ user: logs.other.id }), 403, 'permission_denied')
    assertProblem(await logs.list({ user: randomUUID() }), 403, 'permission_denied')
  })

  it('shows superusers everybody’s, or one user’s', async () => {
    assert.deepEqual(await logs.found({}, logs.superuser), [january, june, march3, march2, march1])
    assert.deepEqual(await logs.found({ user: logs.other.id }, logs.superuser), [march3])
    assert.deepEqual(await logs.found({ user: logs.other.id.toUpperCase() }, logs.superuser), [march3])
    assert.deepEqual(await logs.found({ user: randomUUID() }, logs.superuser), [])
  })

  it('shows somebody whose superuser rights were taken away their own only, at once (security 49)', async () => {
    const former = await addUser(logs.service, { superuser: true })
    await logs.service.sql('update users set is_superuser = false where id = $1', [former.id])
    assert.deepEqual(await logs.found({}, former), [])
    assertProblem(await logs.list({ user: logs.user.id }, former), 403, 'permission_denied')
  })

  for (const [who, code, end] of [
    ['a deleted user', 'user_not_found', 'delete from users where id = $1'],
    ['a suspended user', 'user_inactive', 'update users set is_active = false where id = $1'],
  ] as const) {
    it(`refuses a good token of ${who}: ${code} (security 40, compatibility)`, async () => {
      const person = await addUser(logs.service)
      await logs.service.sql(end, [person.id])
      assertUnauthorized(await logs.list({}, person), code)
    })
  }

  it('asks for credentials (compatibility)', async () => {
    assertUnauthorized(await logs.service.call('listLoginLogs'), 'not_authenticated')
    assertUnauthorized(
      await logs.service.call('listLoginLogs', { token: logs.user.refresh, query: { page_size: '0' } }),
      'token_not_valid',
    )
  })

  for (const [parameter, ...values] of [
    ['page_size', '0', '-1', '101', 'abc', '1.5', '', ' ', '9'.repeat(30)],
    [
      'timestamp_after',
      'yesterday',
      '2026-03-01',
      '2026-03-01T12:00:00',
      '2026-02-30T12:00:00Z',
      '2026-03-01T25:00:00Z',
      '2026-03-01T12:00:00 02:00',
      '1772366400',
      '',
      '-infinity',
    ],
    [
      'timestamp_before',
      'now',
      '2026-03-01 12:00',
      '2026-03-01T12:00:60Z',
      '2026-03-01T12:00:00+24:00',
      '12026-03-01T12:00:00Z',
    ],
    [
      'ip_address',
      '',
      '203.0.113',
      '203.0.113.256',
      '203.0.113.7/32',
      '203.0.113.7:80',
      '::g',
      '1::2::3',
      'localhost',
      'fe80::1%eth0',
      '[::1]',
    ],
    [
      'user',
      'abc',
      '',
      '1',
      '0198f3a2-5d40-7c11-8e2a-94b7c3d5f60',
      'urn:uuid:0198f3a2-5d40-7c11-8e2a-94b7c3d5f601',
      '{0198f3a2-5d40-7c11-8e2a-94b7c3d5f601}',
    ],
    ['user_agent', 'a\u0000b', 'a\nb', 'x'.repeat(257)],
    ['ordering', 'id', '-id', '', '+timestamp', 'TIMESTAMP', '-timestamp,id', 'timestamp desc'],
    ['cursor', '', 'x', 'a b', "'; --", 'A'.repeat(512), 'A'.repeat(513), '💥'],
  ] as const) {
    it(`refuses a ${parameter} that makes no sense, by its name`, async () => {
      for (const value of values) assertInvalid(await logs.list({ [parameter]: value }, logs.superuser), parameter)
    })
  }

  it('refuses a parameter that is given twice, by its name', async () => {
    for (const name of ['page_size', 'user_agent', 'cursor', 'ordering', 'user']) {
      const headers = { Authorization: `Bearer ${logs.superuser.access}` }
      assertInvalid(await logs.service.fetch(`/api/v1/logs/login/?${name}=1&${name}=1`, { headers }), name)
    }
  })

  it('names every parameter that is wrong', async () => {
    assertInvalid(await logs.list({ page_size: '0', ordering: 'id', user: 'x' }), 'page_size', 'ordering', 'user')
  })
})
