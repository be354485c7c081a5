import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { NIL } from 'uuid'
import { assertProblem } from '../../support/answers.ts'
import { addUser } from '../../support/users.ts'
import { onlyPage } from './listReader.ts'
import { moments, ofUser, type Records } from './records.ts'

const { march1, march2, march3, june, january } = moments

export type FilterCase = readonly [title: string, query: Record<string, string>, moments: readonly string[]]

/** Describes whose records listLoginLogs and listSecurityEvents show. */
export function describeRecordAccess(records: () => Records): void {
  describe('access to records (security 76)', () => {
    it('is limited to the user’s own records; another user id gets 403', async () => {
      const { user, other, superuser, read, momentsOf } = records()
      for (const id of [user.id, user.id.toUpperCase()]) assert.deepEqual(await momentsOf({ user: id }), ofUser)
      for (const id of [other.id, superuser.id, randomUUID(), NIL])
        assertProblem(await read({ user: id }), 403, 'permission_denied')
    })

    it('includes all records or those of one user for superusers', async () => {
      const { list, other, superuser, momentsOf } = records()
      const unowned = list === 'listSecurityEvents' ? [moments.july] : []
      const all = [january, ...unowned, june, march3, march2, march1]
      assert.deepEqual(await momentsOf({}, superuser), all)
      for (const id of [other.id, other.id.toUpperCase()])
        assert.deepEqual(await momentsOf({ user: id }, superuser), [march3])
      assert.deepEqual(await momentsOf({ user: randomUUID() }, superuser), [])
    })
  })

  describe('access to records by a former superuser (security 49)', () => {
    it('is limited to the user’s own records at once', async () => {
      const { service, user, read, momentsOf } = records()
      const former = await addUser(service, { superuser: true })
      await service.sql('update users set is_superuser = false where id = $1', [former.id])
      assert.deepEqual(await momentsOf({}, former), [])
      assertProblem(await read({ user: user.id }, former), 403, 'permission_denied')
    })
  })

  it('returns an empty list for a user without records', async () => {
    const { service, read } = records()
    const { body } = await read({}, await addUser(service))
    assert.deepEqual(body, { count: 0, ...onlyPage, results: [] })
  })
}

/** Queries of the user, with the timestamps of the records that they find in both lists. */
const filters: FilterCase[] = [
  ['ordering=-timestamp, the latest first', { ordering: '-timestamp' }, ofUser],
  ['ordering=timestamp, the oldest first', { ordering: 'timestamp' }, ofUser.toReversed()],
  ['timestamp_after, inclusive to the microsecond', { timestamp_after: march2 }, [january, june, march2]],
  ['timestamp_before, inclusive to the microsecond', { timestamp_before: march1 }, [march1]],
  [
    'timestamp_after and timestamp_before with the same value',
    { timestamp_after: march2, timestamp_before: march2 },
    [march2],
  ],
  [
    'timestamp_after later than timestamp_before, which finds nothing',
    { timestamp_after: '2026-04-01T00:00:00Z', timestamp_before: '2026-03-01T00:00:00Z' },
    [],
  ],
  [
    'a timestamp with an offset to the east',
    { timestamp_after: '2026-03-01T15:00:00.000002+03:00' },
    [january, june, march2],
  ],
  ['a timestamp with an offset to the west', { timestamp_before: '2026-03-01T06:30:00.000001-05:30' }, [march1]],
  ['a timestamp whose offset is in hours alone', { timestamp_before: '2026-03-01T15:00:00.000001+03' }, [march1]],
  ['a timestamp with lower-case t and z', { timestamp_after: '2026-06-30t23:59:59z' }, [january, june]],
  ['timestamp_after a leap second', { timestamp_after: '2026-06-30T23:59:60Z' }, [january, june]],
  [
    'timestamp_before a leap second',
    { timestamp_before: '2026-06-30T23:59:60Z', timestamp_after: '2026-04-01T00:00:00Z' },
    [june],
  ],
  ['timestamp_after the beginning of the year 0000', { timestamp_after: '0000-01-01T00:00:00Z' }, ofUser],
  ['timestamp_before the end of the year 0000', { timestamp_before: '0000-12-31T23:59:59Z' }, []],
  ['timestamp_before the end of the year 9999', { timestamp_before: '9999-12-31T23:59:59Z' }, ofUser],
  [
    'timestamp_before the year 10000 in UTC, which the offset reaches',
    { timestamp_before: '9999-12-31T23:59:59-01:00' },
    ofUser,
  ],
  [
    'timestamp_after the year 10000 in UTC, which the offset reaches',
    { timestamp_after: '9999-12-31T23:59:59-01:00' },
    [],
  ],
  ['a complete ip_address', { ip_address: '203.0.113.7' }, [march1]],
  ['an ip_address without a record', { ip_address: '203.0.113.8' }, []],
  ['a fragment of user_agent in any case', { user_agent: 'fireFOX/1' }, [march1]],
  ['a fragment of user_agent beyond ASCII in any case', { user_agent: 'проба ÄÖ' }, [june]],
  ['a user_agent in which % is no wildcard', { user_agent: 'Moz%fox' }, []],
  ['a user_agent in which _ is no wildcard', { user_agent: 'c_rl' }, []],
  ['a user_agent that is a backslash', { user_agent: '\\' }, []],
  ['an empty user_agent, which selects all', { user_agent: '' }, ofUser],
  ['several filters that no record matches together', { user_agent: 'firefox', ip_address: '203.0.113.70' }, []],
  ['unknown parameters, which are ignored', { surprise: '1', timestamp: 'x' }, ofUser],
]

/** Describes the filters that both lists have, and those of one list. */
export function describeRecordFilters(
  records: () => Records,
  ownFilters: FilterCase[],
  superusersFilters: FilterCase[],
): void {
  describe('the filters for all users', () => {
    for (const [title, query, expected] of [...filters, ...ownFilters]) {
      it(`select the right records: ${title}`, async () => {
        assert.deepEqual(await records().momentsOf(query), expected)
      })
    }
  })

  describe('the filters for superusers', () => {
    for (const [title, query, expected] of superusersFilters) {
      it(`select the right records: ${title}`, async () => {
        assert.deepEqual(await records().momentsOf(query, records().superuser), expected)
      })
    }

    it('select the right records: user together with another filter', async () => {
      const { user, superuser, momentsOf } = records()
      assert.deepEqual(await momentsOf({ user: user.id, ip_address: '203.0.113.7' }, superuser), [march1])
    })
  })
}
