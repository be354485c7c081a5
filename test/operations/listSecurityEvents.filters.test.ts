import assert from 'node:assert/strict'
import {
  device,
  failed1,
  failed2,
  failed3,
  ofUser,
  rotated,
  startWithEvents,
  suspended,
  type SecurityEvents,
} from './support/securityEvents.ts'

describe('listSecurityEvents, filtered', () => {
  let events: SecurityEvents

  before(async () => {
    events = await startWithEvents()
  })
  after(() => events.service.stop())

  for (const [title, query, expected] of [
    ['ordering, the latest first', { ordering: '-timestamp' }, ofUser],
    ['ordering, the oldest first', { ordering: 'timestamp' }, ofUser.toReversed()],
    [
      'timestamp_after, inclusive to the microsecond',
      { timestamp_after: '2026-03-01T12:00:00.000002Z' },
      [rotated, device, suspended],
    ],
    ['timestamp_before, inclusive to the microsecond', { timestamp_before: '2026-03-01T12:00:00.000001Z' }, [failed1]],
    ['ip_address', { ip_address: '203.0.113.7' }, [failed1]],
    ['ip_address, IPv6 written out', { ip_address: '2001:0DB8:0:0:0:0:0:1' }, [device]],
    ['an ip_address that no event has', { ip_address: '203.0.113.8' }, []],
    ['user_agent, contained, without case', { user_agent: 'fireFOX/1' }, [failed1]],
    ['user_agent, beyond ASCII', { user_agent: 'проба ÄÖ' }, [device]],
    ['user_agent, % as no wildcard', { user_agent: 'Moz%fox' }, []],
    ['an empty user_agent: any, none too', { user_agent: '' }, ofUser],
    ['type', { type: 'new_device' }, [device]],
    ['a type that has no event', { type: 'export_made' }, []],
    ['several at once', { type: 'sign_in_failed', ip_address: '203.0.113.7', user_agent: 'linux' }, [failed1]],
    ['several that no event meets together', { type: 'new_device', ip_address: '203.0.113.7' }, []],
  ] as const) {
    it(`filters one’s own: ${title}`, async () => {
      assert.deepEqual(await events.found(query as Record<string, string>), expected)
    })
  }

  for (const [title, query, expected] of [
    ['type', { type: 'sign_in_failed' }, [failed3, failed2, failed1]],
    ['type, the oldest first', { type: 'sign_in_failed', ordering: 'timestamp' }, [failed1, failed2, failed3]],
    ['type and time', { type: 'sign_in_failed', timestamp_after: '2026-03-01T12:00:00.000002Z' }, [failed3, failed2]],
    ['type and ip_address', { type: 'user_suspended', ip_address: '203.0.113.70' }, [suspended]],
    ['type and user_agent', { type: 'sign_in_failed', user_agent: 'console' }, []],
    ['time', { timestamp_before: '2026-03-01T12:00:00.000002Z' }, [suspended, failed1]],
    ['ip_address, the oldest first', { ip_address: '203.0.113.7', ordering: 'timestamp' }, [failed1, failed2, failed3]],
    ['user_agent', { user_agent: '100%' }, [suspended]],
  ] as const) {
    it(`filters everybody’s for a superuser: ${title}`, async () => {
      assert.deepEqual(await events.found(query as Record<string, string>, events.superuser), expected)
    })
  }

  it('combines a superuser’s filters with user', async () => {
    const query = { user: events.user.id, type: 'sign_in_failed' }
    assert.deepEqual(await events.found(query, events.superuser), [failed1])
  })
})
