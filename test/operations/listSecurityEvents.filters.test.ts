import assert from 'node:assert/strict'
import { describeRecordFilters, type FilterCase } from './support/describeRecords.ts'
import { moments, startWithRecords, type Records } from './support/records.ts'

const { march1, march2, march3, june, july } = moments

// The IP address and device of march2 are those of an administrator, so a user cannot find the event by them.
const own: FilterCase[] = [
  ['ip_address with an IPv6 address that is written out', { ip_address: '2001:0DB8:0:0:0:0:0:1' }, [june]],
  ['type', { type: 'new_device' }, [june]],
  ['a type without an event', { type: 'export_made' }, []],
  ['several filters at once', { type: 'sign_in_failed', ip_address: '203.0.113.7', user_agent: 'linux' }, [march1]],
  ['type and the ip_address of another type', { type: 'new_device', ip_address: '203.0.113.7' }, []],
]
const superusers: FilterCase[] = [
  ['type', { type: 'sign_in_failed' }, [july, march3, march1]],
  ['type, with the oldest first', { type: 'sign_in_failed', ordering: 'timestamp' }, [march1, march3, july]],
  ['type and time', { type: 'sign_in_failed', timestamp_after: march2 }, [july, march3]],
  ['type and ip_address', { type: 'user_suspended', ip_address: '203.0.113.70' }, [march2]],
  ['type and user_agent', { type: 'sign_in_failed', user_agent: 'console' }, []],
  ['time', { timestamp_before: march2 }, [march2, march1]],
  ['ip_address, with the oldest first', { ip_address: '203.0.113.7', ordering: 'timestamp' }, [march1, march3, july]],
  ['user_agent with a literal %', { user_agent: '100%' }, [march2]],
]

describe('listSecurityEvents with filters', () => {
  let events: Records

  before(async () => {
    events = await startWithRecords('listSecurityEvents')
  })
  after(() => events.service.stop())

  describeRecordFilters(() => events, own, superusers)

  it('combines the filters type and user for a superuser', async () => {
    const query = { user: events.user.id, type: 'sign_in_failed' }
    assert.deepEqual(await events.momentsOf(query, events.superuser), [march1])
  })
})
