import { randomUUID } from 'node:crypto'
import type { Call, Reply } from './call.ts'
import { readList, testList, testPages, type Item, type List, type Session } from './lists.ts'

const sessions: List = { operationId: 'listSessions', path: '/api/v1/auth/sessions/' }

/**
 * Tests the list of sessions, where `is_current` must mark the session of the request, and revokes another session.
 * @param other the access token of another session of the same user, which is revoked
 */
export async function testSessions(call: Call, session: Session, other: string): Promise<void> {
  const { token } = session
  await testList(call, session, sessions)
  const items = await testPages(call, session, sessions)
  const own = findCurrent(items)
  await readList(call, token, sessions, 'is_current of the sessions', (again) => checkMark(again, undefined))
  const others = await readList(call, other, sessions, 'the mark of another session', (again) => checkMark(again, own))
  const path = (id: string) => `${sessions.path}${id}/`
  for (const id of [randomUUID(), 'none'])
    await call('revokeSession', 'an unknown session', '404 not_found', { token, path: path(id) })
  const revoked = findCurrent(others)
  if (revoked === undefined || revoked === own) return
  await call('revokeSession', 'another session', 204, { token, path: path(revoked) })
  await call('revokeSession', 'a session that has ended', '404 not_found', { token, path: path(revoked) })
  await call('getMe', 'with the token of a revoked session', '401 token_not_valid', { token: other })
  await readList(call, token, sessions, 'after one was revoked', (left) => [
    ...(left.some(({ id }) => id === revoked) ? ['the revoked session is still there'] : []),
    ...checkMark(left, undefined),
  ])
}

const findCurrent = (items: Item[]) => items.find(({ is_current: isCurrent }) => isCurrent === true)?.id

/**
 * Finds errors in `is_current`: exactly one session must be current, and this must not be `foreign`, the session of
 * another token.
 */
function checkMark(items: Item[], foreign: string | undefined): string[] {
  const marked = items.filter(({ is_current: isCurrent }) => isCurrent === true)
  if (marked.length !== 1) return [`is_current is true for ${marked.length} sessions instead of one`]
  return marked[0]?.id === foreign ? ['is_current marks the session of another token'] : []
}

/** Finds an error in the number of sessions that were revoked. */
export function checkRevoked(expected: number): (reply: Reply) => string[] {
  return ({ body }) => {
    const { revoked } = (body ?? {}) as { revoked?: unknown }
    return revoked === expected ? [] : [`revoked is ${String(revoked)} instead of ${expected}`]
  }
}
