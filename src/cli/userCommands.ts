import { MAX } from 'uuid'
import { findUserIdByAddress } from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import { revokeSessionsOfUser, updateUser } from '../domain/accounts/administration.ts'
import { endUndoNow } from '../domain/accounts/emailUndo.ts'
import { countUsers, prepareSearch, readUsers } from '../domain/accounts/userList.ts'
import type { UserRow } from '../domain/accounts/users.ts'
import { parseEmailAddress } from '../domain/emailAddress.ts'
import { countCap, countMembers } from '../domain/pagination.ts'
import { countLiveSessions, readSessions, type SessionRow } from '../domain/sessions/sessions.ts'
import { asAdminUser, asSession } from '../operations/views.ts'
import { Problem, StartError } from '../problems.ts'
import { loadInputCheck } from '../openapi.ts'
import { formatTable, toJson, toMinute } from './table.ts'

/** The largest number of rows that a command prints as a table, because people read no more at a terminal. */
export const maxRows = 100
const latest = { from: { value: 'infinity', id: MAX }, limit: maxRows, descending: true }

export type ListOptions = { search?: string; suspended?: boolean; json?: boolean }

export async function list(db: Database, { search, suspended, json }: ListOptions): Promise<string> {
  const users = await prepareSearch(db, { search, isActive: suspended ? false : undefined })
  const page = { orderBy: 'date_joined', ...latest } as const
  const [rows, found] = await Promise.all([readUsers(db, users, page), countUsers(db, users)])
  if (json) return toJson({ ...countMembers(found), results: rows.map(asAdminUser) })
  const { count } = found
  const total = count > countCap ? `more than ${countCap.toLocaleString('en')}` : count.toLocaleString('en')
  if (rows.length === 0) return 'No user matches.'
  const lines = rows.map((user) => [
    user.email,
    `${user.first_name} ${user.last_name}`.trim(),
    describeState(user),
    toMinute(user.date_joined),
    user.last_login === null ? 'never' : toMinute(user.last_login),
  ])
  const summary =
    rows.length < count
      ? `The latest ${rows.length} of ${total} users: --search finds fewer.`
      : `${total} ${count === 1 ? 'user' : 'users'}.`
  return `${formatTable(['EMAIL', 'NAME', 'STATE', 'JOINED', 'LAST SIGN-IN'], lines)}\n\n${summary}`
}

function describeState({ is_active, is_superuser, email_confirmed }: UserRow): string {
  const states = [is_active ? 'active' : 'suspended']
  if (is_superuser) states.push('superuser')
  if (!email_confirmed) states.push('unconfirmed')
  return states.join(', ')
}

export async function checkSearch(search: string): Promise<void> {
  const check = await loadInputCheck('listUsers')
  try {
    check({ query: { search } })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw new StartError(`--search cannot be used: ${error.errors?.map(({ detail }) => detail).join(' ') ?? ''}`)
  }
}

export async function suspend(db: Database, email: string): Promise<string> {
  const userId = await findUserId(db, email)
  try {
    await updateUser(db, userId, { is_active: false }, {})
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'last_superuser')) throw error
    throw new StartError(
      `${email} is the last active superuser: create another one first, with gatehouse createsuperuser.`,
    )
  }
  return `${email} is suspended, and every session has ended.`
}

export async function activate(db: Database, email: string): Promise<string> {
  await updateUser(db, await findUserId(db, email), { is_active: true }, {})
  return `${email} is active.`
}

/**
 * Ends the time in which changes of an account's email address can be undone. An operator runs this for the owner of
 * the present email address, after verifying the identity of the owner.
 */
export async function endUndo(db: Database, email: string): Promise<string> {
  const ended = await endUndoNow(db, await findUserId(db, email))
  return ended
    ? `Former addresses of ${email} can no longer undo its change.`
    : `There is no change of the address ${email} that could be undone.`
}

export async function listSessions(db: Database, email: string, json: boolean): Promise<string> {
  const userId = await findUserId(db, email)
  const [sessions, found] = await Promise.all([readSessions(db, userId, latest), countLiveSessions(db, userId)])
  if (json) return toJson({ ...countMembers(found), results: sessions.map(asListedSession) })
  if (sessions.length === 0) return `${email} has no session.`
  const lines = sessions.map((session) => [
    ...[session.timestamp, session.last_used_at, session.expires_at].map(toMinute),
    session.ip_address,
    session.last_ip_address,
    session.user_agent,
    session.last_user_agent,
  ])
  const headings = ['SIGNED IN', 'LAST USED', 'EXPIRES', 'IP ADDRESS', 'LAST IP ADDRESS', 'DEVICE', 'LAST DEVICE']
  const table = formatTable(headings, lines)
  return found.count > lines.length ? `${table}\n\nThe latest ${lines.length} of ${found.count} sessions.` : table
}

/** Makes the members of Session in the contract, except `is_current`: a command has no session. */
function asListedSession(row: SessionRow) {
  const { is_current: _, ...session } = asSession(row, '')
  return session
}

export async function revokeSessions(db: Database, email: string): Promise<string> {
  const ended = await revokeSessionsOfUser(db, await findUserId(db, email), {})
  return `${ended} ${ended === 1 ? 'session' : 'sessions'} of ${email} ended.`
}

async function findUserId(db: Database, email: string): Promise<string> {
  const to = parseEmailAddress(email)
  if (!to) throw new StartError(`${email} is not an email address.`)
  const found = await db.maybeOne(findUserIdByAddress({ address: to.address }))
  if (!found) throw new StartError(`No user has the address ${email}.`)
  return found.user_id
}
