import { describeRecordFilters, type FilterCase } from './support/describeRecords.ts'
import { moments, startWithRecords, type Records } from './support/records.ts'

const { march1, march2, march3, june, january } = moments

const own: FilterCase[] = [
  ['ip_address with an IPv6 address', { ip_address: '2001:db8::1' }, [january, june]],
  [
    'ip_address with an IPv6 address that is written out',
    { ip_address: '2001:0DB8:0000:0:0:0:0.0.0.1' },
    [january, june],
  ],
  ['user_agent with a literal %', { user_agent: '100%' }, [march2]],
  ['user_agent with a literal _', { user_agent: '_raw_' }, [march2]],
  [
    'several filters at once',
    { user_agent: '/', ip_address: '203.0.113.70', timestamp_after: '2026-01-01T00:00:00Z', ordering: 'timestamp' },
    [march2],
  ],
]
const superusers: FilterCase[] = [
  ['ip_address, with the oldest first', { ip_address: '203.0.113.7', ordering: 'timestamp' }, [march1, march3]],
]

describe('listLoginLogs with filters', () => {
  let logs: Records

  before(async () => {
    logs = await startWithRecords('listLoginLogs')
  })
  after(() => logs.service.stop())

  describeRecordFilters(() => logs, own, superusers)
})
