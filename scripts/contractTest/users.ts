import type { Call } from './call.ts'
import { findDifference } from './checks.ts'
import { readList, testPages, type Item, type List, type Session } from './lists.ts'

export const users: List = { operationId: 'listUsers', path: '/api/v1/users/' }

/** A user as superusers see it. */
export type AdminUser = Item & { email: string; is_active: boolean; date_joined: string }

/**
 * Tests the orders, the pages and the filters of the list of users.
 * @param search a search term that matches only the given users
 */
export async function testUserList(call: Call, session: Session, search: string, expected: AdminUser[]): Promise<void> {
  const byJoining = expected.toSorted((a, b) => (a.date_joined < b.date_joined ? -1 : 1))
  const byEmail = expected.toSorted((a, b) => (a.email.toLowerCase() < b.email.toLowerCase() ? -1 : 1))
  const orders: [ordering: string | undefined, AdminUser[]][] = [
    [undefined, byJoining.toReversed()],
    ['-date_joined', byJoining.toReversed()],
    ['date_joined', byJoining],
    ['email', byEmail],
    ['-email', byEmail.toReversed()],
  ]
  for (const [ordering, inOrder] of orders) {
    const list = { ...users, query: { search, ...(ordering === undefined ? {} : { ordering }) } }
    await testPages(call, session, list)
    await readList(call, session.token, list, `the users, ${ordering ?? 'in the default order'}`, (found) =>
      findDifference(found, inOrder, 'results'),
    )
  }
  for (const isActive of [true, false])
    for (const query of [
      { search, is_active: String(isActive), ordering: 'email' },
      { search: search.toUpperCase(), is_active: String(isActive), ordering: 'email' },
    ])
      await readList(call, session.token, { ...users, query }, `the users, is_active=${isActive}`, (found) =>
        findDifference(
          found,
          byEmail.filter((user) => user.is_active === isActive),
          'results',
        ),
      )
}
