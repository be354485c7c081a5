import assert from 'node:assert/strict'
import { january, june, march1, march2, march3, ofUser, startWithLogs, type LoginLogs } from './support/loginLogs.ts'

describe('listLoginLogs, filtered', () => {
  let logs: LoginLogs

  before(async () => {
    logs = await startWithLogs()
  })
  after(() => logs.service.stop())

  for (const [title, query, expected] of [
    ['ordering, the latest first', { ordering: '-timestamp' }, ofUser],
    ['ordering, the oldest first', { ordering: 'timestamp' }, ofUser.toReversed()],
    [
      'timestamp_after, inclusive to the microsecond',
      { timestamp_after: '2026-03-01T12:00:00.000002Z' },
      [january, june, march2],
    ],
    ['timestamp_before, inclusive to the microsecond', { timestamp_before: '2026-03-01T12:00:00.000001Z' }, [march1]],
    [
      'both, one moment',
      { timestamp_after: '2026-03-01T12:00:00.000002Z', timestamp_before: '2026-03-01T12:00:00.000002Z' },
      [march2],
    ],
    [
      'both, the wrong way round',
      { timestamp_after: '2026-04-01T00:00:00Z', timestamp_before: '2026-03-01T00:00:00Z' },
      [],
    ],
    ['an offset to the east', { timestamp_after: '2026-03-01T15:00:00.000002+03:00' }, [january, june, march2]],
    ['an offset to the west', { timestamp_before: '2026-03-01T06:30:00.000001-05:30' }, [march1]],
    ['an offset of hours alone', { timestamp_before: '2026-03-01T15:00:00.000001+03' }, [march1]],
    ['small letters', { timestamp_after: '2026-06-30t23:59:59z' }, [january, june]],
    ['a leap second', { timestamp_after: '2026-06-30T23:59:60Z' }, [january, june]],
    [
      'a leap second, before',
      { timestamp_before: '2026-06-30T23:59:60Z', timestamp_after: '2026-04-01T00:00:00Z' },
      [june],
    ],
    ['the year 0000', { timestamp_after: '0000-01-01T00:00:00Z' }, ofUser],
    ['before the year 0000', { timestamp_before: '0000-12-31T23:59:59Z' }, []],
    ['the year 9999', { timestamp_before: '9999-12-31T23:59:59Z' }, ofUser],
    ['beyond the year 9999', { timestamp_before: '9999-12-31T23:59:59-01:00' }, ofUser],
    ['after the year 9999', { timestamp_after: '9999-12-31T23:59:59-01:00' }, []],
    ['ip_address, exactly', { ip_address: '203.0.113.7' }, [march1]],
    ['ip_address, IPv6', { ip_address: '2001:db8::1' }, [january, june]],
    ['ip_address, IPv6 written out', { ip_address: '2001:0DB8:0000:0:0:0:0.0.0.1' }, [january, june]],
    ['an ip_address that nobody has', { ip_address: '203.0.113.8' }, []],
    ['user_agent, contained, without case', { user_agent: 'fireFOX/1' }, [march1]],
    ['user_agent, beyond ASCII', { user_agent: 'проба ÄÖ' }, [june]],
    ['user_agent, % as itself', { user_agent: '100%' }, [march2]],
    ['user_agent, % as no wildcard', { user_agent: 'Moz%fox' }, []],
    ['user_agent, _ as itself', { user_agent: '_raw_' }, [march2]],
    ['user_agent, _ as no wildcard', { user_agent: 'c_rl' }, []],
    ['user_agent, a backslash as itself', { user_agent: '\\' }, []],
    ['an empty user_agent: any', { user_agent: '' }, ofUser],
    [
      'several at once',
      { user_agent: '/', ip_address: '203.0.113.70', timestamp_after: '2026-01-01T00:00:00Z', ordering: 'timestamp' },
      [march2],
    ],
    ['several that no record meets together', { user_agent: 'firefox', ip_address: '203.0.113.70' }, []],
    ['parameters that it does not know', { surprise: '1', timestamp: 'x' }, ofUser],
  ] as const) {
    it(`filters: ${title}`, async () => {
      assert.deepEqual(await logs.found(query as Record<string, string>), expected)
    })
  }

  it('combines a superuser’s filters with user', async () => {
    assert.deepEqual(await logs.found({ user: logs.user.id, ip_address: '203.0.113.7' }, logs.superuser), [march1])
    assert.deepEqual(await logs.found({ ip_address: '203.0.113.7', ordering: 'timestamp' }, logs.superuser), [
      march1,
      march3,
    ])
  })
})
