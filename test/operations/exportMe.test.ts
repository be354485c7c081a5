import assert from 'node:assert/strict'
import { assertProblem } from '../support/answers.ts'
import { password, TestService, type Answer } from '../support/service.ts'
import { addUser, quickHash, type Person } from '../support/users.ts'
import { describeUnreadableBodies, itRefusesBodies, type RefusedBody } from './support/describeBodies.ts'
import { describeCredentials, rowsOf } from './support/describeCredentials.ts'
import { eventTypes, fillEverything, type Traces } from './support/everything.ts'

type Row = Record<string, unknown>
type Document = { exported_at: string; user: Row } & Record<List, Row[]>
type List = (typeof lists)[number]

const lists = 'addresses email_changes sessions devices login_logs security_events mails'.split(' ') as [
  'addresses',
  'email_changes',
  'sessions',
  'devices',
  'login_logs',
  'security_events',
  'mails',
]

describe('exportMe', () => {
  let service: TestService
  let hash: Uint8Array
  let user: Person
  let other: Person
  let traces: Traces
  let answer: Answer
  let document: Document

  before(async () => {
    service = await TestService.start({ RATE_LIMITS: 'off' })
    hash = await quickHash
    user = await addUser(service, { passwordHash: hash })
    traces = await fillEverything(service, user)
    other = await addUser(service, { passwordHash: hash })
    await fillEverything(service, other, { network: '203.0.113.' })
    answer = await exportOf(user)
    document = answer.body as Document
  })
  after(() => service.stop())

  const exportOf = ({ access }: { access: string }, current_password = password) =>
    service.call('exportMe', { token: access, body: { current_password } })
  const texts = (list: List, member: string) => document[list].map((row) => row[member])

  it('returns one document that matches the contract, without empty lists', () => {
    assert.equal(answer.status, 200) // The reply check has compared the body with the contract.
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    assert.deepEqual(Object.keys(document), ['exported_at', 'user', ...lists])
    for (const list of lists) assert.ok(document[list].length > 1, list)
    assert.ok(Math.abs(Date.parse(document.exported_at) - Date.now()) < 60_000)
  })

  it('contains the profile', () => {
    assert.deepEqual(document.user, {
      id: user.id,
      email: user.email.replace(/^u/, 'U'),
      first_name: traces.name,
      last_name: 'Ж',
      language: 'ru',
      is_superuser: false,
      is_active: true,
      email_confirmed: true,
      email_suppressed: true,
      date_joined: '2026-01-01T00:00:00.000000Z',
      last_login: '2026-03-01T10:00:00.000000Z',
      legacy_id: `old-${user.id}`,
    })
  })

  it('contains the current and the held email address, and all email changes', () => {
    const [held, current] = document.addresses
    assert.deepEqual(current, { email: user.email, kind: 'current' })
    assert.deepEqual([held?.['email'], held?.['kind']], [`held-${user.email}`, 'held'])
    assert.ok(Date.parse(String(held?.['held_until'])) > Date.now())
    const [wanted, former] = [`wanted-${user.email}`, `held-${user.email}`]
    assert.deepEqual(document.email_changes, [
      {
        email: wanted,
        old_email: former,
        requested_at: '2026-02-01T00:00:00.000000Z',
        confirmed_at: '2026-02-02T00:00:00.000000Z',
        undone_at: '2026-02-03T00:00:00.000000Z',
      },
      {
        email: user.email,
        old_email: former,
        requested_at: '2026-02-04T00:00:00.000000Z',
        confirmed_at: '2026-02-05T00:00:00.000000Z',
      },
      { email: wanted, requested_at: '2026-02-06T00:00:00.000000Z' },
    ])
  })

  it('contains all sessions, devices and sign-ins', () => {
    const [ended, expired, live, ...more] = document.sessions
    assert.deepEqual(more, [])
    assert.deepEqual(
      [ended?.['ended_at'], ended?.['ended_by'], ended?.['expires_at']],
      ['2026-01-02T01:00:00.000000Z', 'signed_out', '2026-01-03T00:00:00.000000Z'],
    )
    assert.deepEqual([expired?.['created_at'], expired?.['ended_at']], ['2026-01-05T00:00:00.000000Z', undefined])
    assert.equal(live?.['id'], user.sessionId)
    assert.deepEqual(texts('devices', 'network'), ['2001:db8::/64', '198.51.100.0/24'])
    assert.equal(document.login_logs.length, 5)
    assert.ok(document.login_logs.every((row) => row['user'] === user.id && row['ip_address'] === '198.51.100.77'))
  })

  it('contains the security events, but no data of administrators’ clients', () => {
    const own = document.security_events.filter((event) => event['actor'] === undefined)
    assert.deepEqual(
      own.map((event) => event['type']),
      [...eventTypes.toReversed(), 'export_made'],
    )
    const { id: _, timestamp: __, ...last } = own.at(-1) ?? {}
    assert.deepEqual(last, { type: 'export_made', user: user.id, ip_address: '127.0.0.1', user_agent: 'node' })
    const [administered, ...more] = document.security_events.filter((event) => event['actor'] !== undefined)
    assert.deepEqual(more, [])
    assert.deepEqual(
      [administered?.['type'], administered?.['ip_address'], administered?.['user_agent']],
      ['user_updated', undefined, undefined],
    )
  })

  it('contains the mails, except those whose status would reveal another user', () => {
    assert.deepEqual(
      document.mails.map(({ kind, status, address }) => [kind, status, address]),
      [
        ['activation', 'sent', user.email],
        ['restore', 'sent', user.email],
        ['activation', 'dropped', user.email],
        ['email_changed', 'failed', `held-${user.email}`],
      ],
    )
    assert.equal(document.mails[0]?.['sent_at'], '2026-01-01T00:00:00.000000Z')
  })

  it('sorts each list by time, the oldest first', () => {
    for (const [list, member] of [
      ['email_changes', 'requested_at'],
      ['sessions', 'created_at'],
      ['devices', 'first_seen_at'],
      ['login_logs', 'timestamp'],
      ['security_events', 'timestamp'],
      ['mails', 'created_at'],
    ] as const) {
      const times = texts(list, member).map((time) => Date.parse(String(time)))
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
        list,
      )
    }
  })

  describe('other users in the export (security 76)', () => {
    it('do not occur', async () => {
      const text = JSON.stringify(document)
      const others = await service.sql<{ id: string; email: string }>('select id, email from users where id <> $1', [
        user.id,
      ])
      assert.ok(others.some(({ id }) => id === other.id))
      for (const { id, email } of others) {
        assert.ok(!text.includes(id))
        assert.ok(!text.toLowerCase().includes(email.toLowerCase()))
      }
      for (const foreign of ['203.0.113.', 'a stranger', '192.0.2.20', 'an administrator'])
        assert.ok(!text.includes(foreign))
    })

    it('do not occur if they had the user’s email address earlier', async () => {
      const [present, former] = [await addUser(service, { passwordHash: hash }), await addUser(service)]
      await service.sql(
        `insert into mails (id, kind, address, user_id, status, created_at)
       values (gen_random_uuid(), 'restore', $1, $2, 'sent', now()),
         (gen_random_uuid(), 'restore', $1, null, 'sent', now() - interval '1 day'),
         (gen_random_uuid(), 'restore', $1, null, 'failed', now())`,
        [present.email, former.id],
      )
      const { mails } = (await exportOf(present)).body as Document
      assert.deepEqual(
        mails.map(({ status }) => status),
        ['failed'],
      )
    })
  })

  describe('secrets in the export (security 19, 32, 80)', () => {
    it('do not occur: no hash, code, token or generation of a session', async () => {
      const text = JSON.stringify(document)
      const codes = await service.sql<{ hash: Buffer }>('select hash from codes')
      assert.ok(codes.length > 3)
      for (const secret of [Buffer.from(hash), ...codes.map((code) => code.hash)])
        for (const encoding of ['hex', 'base64', 'base64url', 'latin1'] as const)
          assert.ok(!text.includes(secret.toString(encoding)))
      for (const secret of [user.access, user.refresh, password]) assert.ok(!text.includes(secret))
      assert.doesNotMatch(text, /"(generation|password\w*|hash|code\w*|search_text|last_error|mail_id)":/)
    })
  })

  it('contains each row of every list once, although it is read in pages', async () => {
    const many = await addUser(service, { passwordHash: hash })
    const insert = (text: string) => service.sql(`insert into ${text} from generate_series(1, 1234) number`, [many.id])
    // Seven rows each have the same timestamp, so that their ids decide the order.
    const moment = `timestamptz '2026-01-01Z' + (number / 7) * interval '1 second'`
    const id = 'gen_random_uuid()'
    await insert(
      `login_logs (user_id, id, timestamp, ip_address, user_agent) select $1, ${id}, ${moment}, '192.0.2.9', number::text`,
    )
    await insert(
      `security_events (user_id, id, type, timestamp, user_agent) select $1, ${id}, 'new_device', ${moment}, number::text`,
    )
    await insert(
      `sessions (user_id, id, created_at, idle_until, absolute_until, ip_address, user_agent)
       select $1, ${id}, ${moment}, ${moment}, ${moment}, '192.0.2.9', number::text`,
    )
    await insert(`devices (user_id, network, device, first_seen_at) select $1, '192.0.2.0/24', number::text, ${moment}`)
    await insert(
      `email_changes (user_id, id, address, email, requested_at) select $1, ${id}, number || '@example.com', number || '@example.com', ${moment}`,
    )
    await insert(
      `mails (id, kind, address, user_id, created_at) select ${id}, 'restore', number || '@example.com', $1, ${moment}`,
    )
    await insert(`emails (address, user_id, kind, held_until) select number || '@example.com', $1, 'held', ${moment}`)
    const body = (await exportOf(many)).body as Document
    const numbers = Array.from({ length: 1234 }, (_, index) => index + 1)
    for (const [list, member] of [
      ['login_logs', 'user_agent'],
      ['security_events', 'user_agent'],
      ['sessions', 'user_agent'],
      ['devices', 'device'],
      ['email_changes', 'email'],
      ['mails', 'address'],
      ['addresses', 'email'],
    ] as const) {
      const read = body[list].map((row) => parseInt(String(row[member]))).filter((number) => number > 0)
      assert.deepEqual(
        read.sort((a, b) => a - b),
        numbers,
        list,
      )
    }
  })

  describe('the current password in exportMe (security 11)', () => {
    it('is required; without it no export is recorded', async () => {
      const person = await addUser(service, { passwordHash: hash })
      assertProblem(await exportOf(person, 'not the password'), 400, 'current_password_incorrect')
      const events = () => service.sql('select type from security_events where user_id = $1', [person.id])
      assert.deepEqual(await events(), [])
      assert.equal((await exportOf(person)).status, 200)
      assert.deepEqual(await events(), [{ type: 'export_made' }])
      const invited = await addUser(service)
      assertProblem(await exportOf(invited), 400, 'current_password_incorrect')
    })
  })

  describe('the body of exportMe (security 65, 68)', () => {
    const cases: RefusedBody[] = [
      ['no current password', {}, '/current_password required'],
      ['a number as the current password', { current_password: 1 }, '/current_password type'],
      ['NUL', { current_password: '\u0000' }, '/current_password pattern'],
      ['an unknown member', { current_password: password, user_id: 'y' }, '/user_id unknown_member'],
    ]
    const send = (body: object) => service.call('exportMe', { token: user.access, body })
    itRefusesBodies(cases, send, () => rowsOf(service, user))
  })

  describeUnreadableBodies('exportMe', () => service)

  describeCredentials('exportMe', () => service, {
    calls: () => [{ body: {} }, { body: { current_password: password } }],
  })
})
