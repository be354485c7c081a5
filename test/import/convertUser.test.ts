import assert from 'node:assert/strict'
import { convertUser, type Decisions, type ImportedUser } from '../../src/import/convertUser.ts'
import { toTimestamp } from '../../src/import/values.ts'
import { madeHashes } from '../support/django.ts'
import { djangoUser } from './support/sqlite.ts'

const decisions: Decisions = {
  onCollision: 'stop',
  onExisting: 'stop',
  onInvalid: 'stop',
  onUnknownHash: 'stop',
  skipPending: false,
  language: 'en',
}
type Columns = Parameters<typeof djangoUser>[2]

const convert = (columns: Columns, given: Partial<Decisions> = {}, owned?: Parameters<typeof convertUser>[1]) =>
  convertUser(djangoUser(7, 'anna@example.com', columns), owned, { ...decisions, ...given })
function userOf(converted: ReturnType<typeof convertUser>): ImportedUser {
  assert.ok('user' in converted, JSON.stringify(converted))
  return converted.user
}
const reasonsOf = ({ changes }: ReturnType<typeof convertUser>) => changes.map(({ reason }) => reason)

describe('convertUser', () => {
  it('keeps what Gatehouse has, too', () => {
    const converted = convert({
      first_name: 'Анна',
      last_name: "O'Brien",
      is_active: 't',
      is_superuser: 't',
      last_login: '2026-01-02 03:04:05.6+03',
    })
    const { id, ...user } = userOf(converted)
    assert.match(id, /^[0-9a-f-]{36}$/)
    assert.deepEqual(user, {
      legacy_id: '7',
      address: 'anna@example.com',
      email: 'anna@example.com',
      first_name: 'Анна',
      last_name: "O'Brien",
      language: 'en',
      search_text: "anna@example.com анна o'brien",
      password_hash: Buffer.from(madeHashes.quick[0] ?? '').toString('base64'),
      is_active: true,
      is_superuser: true,
      email_confirmed: true,
      date_joined: '2025-01-02T03:04:05.678901Z',
      last_login: '2026-01-02T03:04:05.6+03',
    })
    assert.deepEqual(converted.changes, [])
  })

  it('has defaults for columns that the model does not have', () => {
    const [password = ''] = madeHashes.quick
    const user = userOf(convertUser({ id: 1, email: 'a@example.com', password }, undefined, decisions))
    const { is_active, is_superuser, date_joined, last_login, first_name } = user
    assert.deepEqual([is_active, is_superuser, date_joined, last_login, first_name], [true, false, null, null, ''])
  })

  it('normalizes email addresses and reports it', () => {
    const converted = convert({ email: ' Anna@EXAMPLE.com' })
    assert.deepEqual([userOf(converted).address, userOf(converted).email], ['anna@example.com', 'Anna@example.com'])
    assert.deepEqual(converted.changes, [{ reason: 'email_normalized', detail: 'Anna@example.com' }])
  })

  for (const email of ['', 'anna', 'a@b@example.com', 'a b@example.com', `${'x'.repeat(65)}@example.com`, null])
    it(`refuses the email address ${JSON.stringify(email).slice(0, 30)}`, () => {
      for (const [onInvalid, outcome] of [
        ['stop', 'undecided'],
        ['skip', 'skipped'],
      ] as const) {
        const converted = convert({ email }, { onInvalid })
        assert.ok('refusal' in converted)
        assert.deepEqual(converted.refusal, { outcome, reason: 'invalid_address' })
      }
    })

  for (const password of ['', '!', madeHashes.others[1] ?? '', null])
    it(`imports a user without a password: ${JSON.stringify(password).slice(0, 12)}`, () => {
      const converted = convert({ password })
      assert.equal(userOf(converted).password_hash, null)
      assert.deepEqual(reasonsOf(converted), ['no_password'])
    })

  it('refuses or resets a hash that cannot be verified', () => {
    const beyond = (madeHashes.quick[0] ?? '').replace('$1000$', '$99999999$')
    for (const password of [madeHashes.others[0] ?? '', beyond, 'plain text']) {
      const [stopped, skipped] = [convert({ password }), convert({ password }, { onUnknownHash: 'skip' })]
      assert.ok('refusal' in stopped && 'refusal' in skipped)
      assert.deepEqual([stopped.refusal.outcome, skipped.refusal.outcome], ['undecided', 'skipped'])
      const reset = convert({ password }, { onUnknownHash: 'reset' })
      assert.equal(userOf(reset).password_hash, null)
      assert.deepEqual(reasonsOf(reset), ['unknown_hash'])
    }
  })

  it('skips inactive users who never signed in with --skip-pending only', () => {
    const pending = { is_active: 0 }
    assert.equal(userOf(convert(pending)).is_active, false)
    assert.ok('refusal' in convert(pending, { skipPending: true }))
    assert.ok('user' in convert({ is_active: 0, last_login: '2026-01-01 00:00:00' }, { skipPending: true }))
    assert.ok('user' in convert({}, { skipPending: true }))
  })

  it('keeps names within the rules of Gatehouse', () => {
    const names: [given: string, kept: string][] = [
      ['x'.repeat(151), 'x'.repeat(150)],
      ['😀'.repeat(151), '😀'.repeat(150)],
      ['An\u202ena', 'Anna'],
      ['An\nna\u0000', 'Anna'],
      ['\u200bAnna', 'Anna'],
      ['علی‌رضا', 'علی‌رضا'], // a joiner that Persian needs
    ]
    for (const [first_name, kept] of names) {
      const converted = convert({ first_name })
      assert.equal(userOf(converted).first_name, kept)
      assert.deepEqual(reasonsOf(converted), kept === first_name ? [] : ['name_changed'])
    }
  })

  it('reports staff who are no superusers, and invalid dates', () => {
    assert.deepEqual(reasonsOf(convert({ is_staff: 1 })), ['staff'])
    assert.deepEqual(reasonsOf(convert({ is_staff: 1, is_superuser: 1 })), [])
    assert.deepEqual(reasonsOf(convert({ date_joined: 'yesterday' })), ['invalid_date'])
  })

  it('refuses a primary key that is empty, too long or not ASCII', () => {
    for (const id of ['', 'x'.repeat(65), 'ключ', 'a b']) assert.ok('refusal' in convert({ id }))
    assert.equal(userOf(convert({ id: 'x'.repeat(64) })).legacy_id, 'x'.repeat(64))
  })

  describe('with django-allauth', () => {
    const address = (email: string, verified: boolean, primary = false) => ({ email, verified, primary })

    it('takes a missing email address from the primary one', () => {
      const owned = [address('other@example.com', true), address('anna@example.com', true, true)]
      assert.equal(userOf(convert({ email: '' }, {}, owned)).email, 'anna@example.com')
    })

    it('counts an email address as confirmed only if it is verified', () => {
      const confirmed = (...owned: ReturnType<typeof address>[]) => userOf(convert({}, {}, owned)).email_confirmed
      assert.equal(confirmed(address('Anna@Example.com', true)), true)
      assert.equal(confirmed(address('anna@example.com', false, true)), false)
      assert.equal(confirmed(address('other@example.com', true, true)), false)
      assert.equal(confirmed(), false)
    })
  })
})

describe('toTimestamp', () => {
  for (const [given, expected] of [
    ['2026-01-02 03:04:05', '2026-01-02T03:04:05Z'],
    ['2026-01-02T03:04:05.123456Z', '2026-01-02T03:04:05.123456Z'],
    ['2026-01-02 03:04:05.1+05:30', '2026-01-02T03:04:05.1+05:30'],
    ['2026-13-02 03:04:05', undefined],
    ['2026-02-30 03:04:05', undefined],
    ['2026-02-03 25:04:05', undefined],
    ['0000-02-03 03:04:05', undefined],
    ['2026-02-03 03:04:05+16', undefined],
    ['infinity', undefined],
    ['', undefined],
  ] as const)
    it(`reads ${JSON.stringify(given)} as ${String(expected)}`, () => {
      assert.equal(toTimestamp(given), expected)
    })
})
