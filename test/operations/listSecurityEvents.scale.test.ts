import { listSecurityEvents, listSecurityEventsOfType, listSecurityEventsOfUser } from '../../generated/queries.ts'
import { describeScale, type ManyRecords } from './support/describeScale.ts'
import { latest, oldest } from './support/plans.ts'

const filter = { after: '-infinity', before: 'infinity', ipAddress: null, userAgent: '', reach: 100_000, limit: 21 }
const middle = ({ user }: ManyRecords) => ({
  cursorTimestamp: new Date(Date.now() - 3 * 86_400_000).toISOString(),
  cursorId: user.id,
})
const own = ({ user }: ManyRecords) => ({ ...filter, userId: user.id, type: null, seesActors: false })
const rare = { ...filter, type: 'new_device' }

describeScale(
  'listSecurityEvents',
  [
    [
      'the first page of the user’s own events',
      (events) => listSecurityEventsOfUser.descending({ ...own(events), ...latest }),
    ],
    [
      'a later page of the user’s own events',
      (events) => listSecurityEventsOfUser.descending({ ...own(events), ...middle(events) }),
    ],
    ['the oldest own events', (events) => listSecurityEventsOfUser.ascending({ ...own(events), ...oldest })],
    ['the first page of all events', () => listSecurityEvents.descending({ ...filter, ...latest })],
    ['a later page of all events', (events) => listSecurityEvents.descending({ ...filter, ...middle(events) })],
    ['the oldest of all events', () => listSecurityEvents.ascending({ ...filter, ...oldest })],
    ['the first page of a rare type', () => listSecurityEventsOfType.descending({ ...rare, ...latest })],
    ['a later page of a rare type', (events) => listSecurityEventsOfType.descending({ ...rare, ...middle(events) })],
    ['the oldest of a rare type', () => listSecurityEventsOfType.ascending({ ...rare, ...oldest })],
  ],
  [
    {
      query: { type: 'sign_in_failed' },
      before: { count: 10_000, capped: undefined },
      after: { count: 10_000, capped: true },
    },
    {
      query: { type: 'new_device' },
      before: { count: 500, capped: undefined },
      after: { count: 500, capped: undefined },
    },
  ],
)
