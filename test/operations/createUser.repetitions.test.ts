import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { assertInvalid, assertProblem } from '../support/answers.ts'
import { readRows } from '../support/dump.ts'
import { beginTransaction, untilBlocked } from '../support/locks.ts'
import { rounds } from '../support/rounds.ts'
import { eventsOf } from '../support/securityEvents.ts'
import { password, TestService } from '../support/service.ts'
import { addOwner, addUser, type Person } from '../support/users.ts'

describe('createUser with an Idempotency-Key', () => {
  let service: TestService
  let superuser: Person
  let email: string
  let key: string

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())
  beforeEach(() => {
    email = service.email()
    key = randomUUID()
  })

  const create = (body: object, { sent = key, token = superuser.access } = {}) =>
    service.call('createUser', { body, token, headers: { 'Idempotency-Key': sent } })
  const count = async (text: string, ...values: unknown[]) => {
    const [row] = await service.sql<{ count: number }>(`select count(*)::integer as count from ${text}`, values)
    return row?.count
  }

  describe('a repeated Idempotency-Key with the same body', () => {
    it('gets the first reply again; nothing is created, recorded or mailed', async () => {
      const body = { email: email.toUpperCase(), first_name: 'Анна', language: 'ru', is_superuser: true }
      const first = await create(body)
      assert.equal(first.status, 201)
      const id = String(first.body['id'])
      const [events, mails] = [await eventsOf(service, id), await service.countMails()]
      const again = await create(body)
      assert.deepEqual([again.status, again.body], [201, first.body])
      assert.equal(await count('users where lower(email) = $1', email), 1)
      assert.deepEqual(await eventsOf(service, id), events)
      assert.equal(await service.countMails(), mails)
    })

    it('gets the first reply even if the user was changed in the meantime', async () => {
      const first = await create({ email, password, is_active: false })
      const path = { user_id: String(first.body['id']) }
      const change = { is_active: true, first_name: 'Changed' }
      await service.call('updateUser', { path, token: superuser.access, body: change })
      assert.equal((await create({ email, password, is_active: false })).body['first_name'], '')
      const [row] = await service.sql('select first_name, is_active from users where id = $1', [path.user_id])
      assert.deepEqual(row, change)
    })

    it('does not create the user again if the user was deleted in the meantime', async () => {
      const first = await create({ email })
      const path = { user_id: String(first.body['id']) }
      assert.equal((await service.call('deleteUser', { path, token: superuser.access })).status, 204)
      assert.deepEqual((await create({ email })).body, first.body)
      assert.equal(await count('users where email = $1', email), 0)
    })

    it('is recognized if the members of the body have another order', async () => {
      const first = await create({ email, first_name: 'A', last_name: 'B' })
      assert.deepEqual((await create({ last_name: 'B', email, first_name: 'A' })).body, first.body)
    })

    it('is recognized with and without quotation marks', async () => {
      const first = await create({ email })
      assert.deepEqual((await create({ email }, { sent: `"${key}"` })).body, first.body)
    })
  })

  describe('a repeated Idempotency-Key with another body', () => {
    for (const [title, other] of [
      ['another address', (body) => ({ ...body, email: 'another@example.com' })],
      ['another password', (body) => ({ ...body, password: `${password}!` })],
      ['another name', (body) => ({ ...body, first_name: 'B' })],
      ['an additional member', (body) => ({ ...body, is_superuser: true })],
      ['a missing member', ({ first_name: _, ...body }) => body],
      ['exchanged values', (body) => ({ ...body, first_name: '', last_name: 'A' })],
    ] as [string, (body: Record<string, unknown>) => object][]) {
      it(`is refused with ${title}`, async () => {
        const body = { email, password, first_name: 'A' }
        const { status } = await create(body)
        const users = await count('users')
        assertProblem(await create(other(body)), 409, 'idempotency_key_reused')
        assert.deepEqual([status, await count('users')], [201, users])
      })
    }
  })

  it('creates a user for a key that another superuser has used', async () => {
    const other = await addUser(service, { superuser: true })
    const first = await create({ email })
    const second = await create({ email: service.email() }, { token: other.access })
    assert.deepEqual([first.status, second.status], [201, 201])
    assert.notEqual(first.body['id'], second.body['id'])
  })

  it('creates a user for a key whose first request was refused', async () => {
    assertProblem(await create({ email: superuser.email }), 409, 'email_taken')
    assertInvalid(await create({ email, password: 'short' }), '/password')
    assert.equal((await create({ email })).status, 201)
  })

  it('creates another user for the same key after 24 hours', async () => {
    const first = await create({ email })
    const age = (hours: number) =>
      service.sql(`update idempotency_keys set created_at = now() - make_interval(hours => $1) where user_id = $2`, [
        hours,
        first.body['id'],
      ])
    await age(23)
    assert.equal((await create({ email })).body['id'], first.body['id'])
    await age(25)
    assertProblem(await create({ email }), 409, 'email_taken')
    assert.equal((await create({ email: service.email() })).status, 201)
  })

  it('does not return the first reply to a former superuser', async () => {
    const former = await addUser(service, { superuser: true })
    assert.equal((await create({ email }, { token: former.access })).status, 201)
    await service.sql('update users set is_superuser = false where id = $1', [former.id])
    assertProblem(await create({ email }, { token: former.access }), 403, 'permission_denied')
  })

  for (const sent of ['', ' ', '""', '"a', 'a"', 'a b', 'a, b', '"a"; b=1', 'a'.repeat(256), `"${'a'.repeat(256)}"`]) {
    it(`refuses the key ${sent.length > 20 ? `${sent.slice(0, 2)}… of ${sent.length} characters` : JSON.stringify(sent)}`, async () => {
      assertInvalid(await create({ email }, { sent }), 'Idempotency-Key')
      assert.equal(await count('users where email = $1', email), 0)
    })
  }

  it('accepts a key of 255 characters', async () => {
    for (const sent of ['a'.repeat(255), `"${'b'.repeat(255)}"`])
      assert.equal((await create({ email: service.email() }, { sent })).status, 201)
  })

  describe('simultaneous requests with one Idempotency-Key', () => {
    it(`create one user, and get the same reply, in ${rounds} rounds`, async () => {
      for (let round = 0; round < rounds; round++) {
        const body = { email: service.email(), password }
        const sent = randomUUID()
        const answers = await Promise.all(Array.from({ length: 8 }, () => create(body, { sent })))
        const [first] = answers
        for (const answer of answers) assert.deepEqual([answer.status, answer.body], [201, first?.body])
        assert.equal(await count('users where email = $1', body.email), 1)
        assert.deepEqual((await eventsOf(service, String(first?.body['id']))).length, 1)
      }
    })

    it('create one user if their bodies differ; the others are refused', async () => {
      const bodies = Array.from({ length: 6 }, () => ({ email: service.email() }))
      const answers = await Promise.all(bodies.map((body) => create(body)))
      const [created, refused] = [201, 409].map((status) => answers.filter((answer) => answer.status === status))
      assert.deepEqual([created?.length, refused?.length], [1, 5])
      assert.equal(
        await count(
          'users where email = any($1)',
          bodies.map((body) => body.email),
        ),
        1,
      )
    })

    it('create the user of the second request if the first request fails', async () => {
      const elsewhere = await beginTransaction(service.databaseUrl)
      try {
        // The first request waits for this address. The second waits for the first, which has the same key.
        await elsewhere.query(`insert into emails (address, user_id) values ($1, gen_random_uuid())`, [email])
        const first = create({ email })
        await untilBlocked(service)
        const second = create({ email: service.email() })
        await elsewhere.query('commit')
        assertProblem(await first, 409, 'email_taken')
        assert.equal((await second).status, 201)
      } finally {
        await elsewhere.end()
      }
    })
  })

  it('stores keyed hashes of the key and the body, but neither key nor body', async () => {
    const secret = 'a password that nobody guesses'
    const body = { email, password: secret, first_name: 'Nobody' }
    assert.equal((await create(body)).status, 201)
    const rows = await readRows(service.databaseUrl)
    for (const text of [key, secret]) {
      assert.ok(!rows.includes(text))
      assert.ok(!rows.includes(createHash('sha256').update(text).digest('hex')))
    }
    assert.ok(!rows.includes(createHash('sha256').update(JSON.stringify(body)).digest('hex')))
    assert.equal(
      (await count('idempotency_keys where actor_id = $1 and user_id is not null', superuser.id)) !== 0,
      true,
    )
  })

  it('deletes the key together with the superuser who sent it', async () => {
    const owner = await addOwner(service, { superuser: true })
    assert.equal((await create({ email }, { token: owner.access })).status, 201)
    const body = { current_password: password }
    assert.equal((await service.call('deleteMe', { token: owner.access, body })).status, 204)
    assert.equal(await count('idempotency_keys where actor_id = $1', owner.id), 0)
  })
})
