import {
  countAllLoginLogs,
  countAllLoginLogsOfUser,
  listLoginLogs,
  listLoginLogsOfUser,
} from '../../generated/queries.ts'
import { describeScale, type ManyRecords } from './support/describeScale.ts'
import { latest, oldest } from './support/plans.ts'

const filter = { after: '-infinity', before: 'infinity', ipAddress: null, userAgent: '', reach: 100_000, limit: 21 }
const middle = ({ user }: ManyRecords) => ({
  cursorTimestamp: new Date(Date.now() - 20 * 86_400_000).toISOString(),
  cursorId: user.id,
})
const all = { after: '-infinity', before: 'infinity', cap: 20 }
const own = ({ user }: ManyRecords) => ({ ...filter, userId: user.id })

describeScale('listLoginLogs', [
  [
    'the first page of the user’s own records',
    (records) => listLoginLogsOfUser.descending({ ...own(records), ...latest }),
  ],
  [
    'a later page of the user’s own records',
    (records) => listLoginLogsOfUser.descending({ ...own(records), ...middle(records) }),
  ],
  ['the oldest own records', (records) => listLoginLogsOfUser.ascending({ ...own(records), ...oldest })],
  ['the first page of all records', () => listLoginLogs.descending({ ...filter, ...latest })],
  ['a later page of all records', (records) => listLoginLogs.descending({ ...filter, ...middle(records) })],
  ['the oldest of all records', () => listLoginLogs.ascending({ ...filter, ...oldest })],
  ['the count of the user’s own records', ({ user }) => countAllLoginLogsOfUser({ ...all, userId: user.id })],
  ['the count of all records', () => countAllLoginLogs(all)],
])
