import { MAX } from 'uuid'
import { findUserIdByAddress, listSessionsDescending } from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import { parseEmailAddress } from '../../domain/emailAddress.ts'
import { revokeSessionsOfUser, updateUser } from '../../domain/accounts/administration.ts'
import { endUndoNow } from '../../domain/accounts/emailUndo.ts'
import { countCap } from '../../domain/pagination.ts'
import { selectUsers } from '../../domain/accounts/userList.ts'
import type { UserRow } from '../../domain/accounts/users.ts'
import { Problem, StartError } from '../../problems.ts'
import { table } from './table.ts'

const shown = 100
const latest = { date_joined: 'infinity', email: '', id: MAX }

// Each does what an operation of the contract does, without an actor, and returns what to print. StartError is for the operator.

export async function list(
  db: Database,
  { search, suspended }: { search?: string | undefined; suspended?: boolean | undefined },
): Promise<string> {
  const users = await selectUsers(db, { search, isActive: suspended ? false : undefined })
  const [rows, { count }] = await Promise.all([users.scan('date_joined')(latest, shown, true), users.count()])
  const many = count > countCap ? `more than ${countCap.toLocaleString('en')}` : count.toLocaleString('en')
  if (rows.length === 0) return 'No user matches.'
  const lines = rows.map((user) => [
    user.email,
    `${user.first_name} ${user.last_name}`.trim(),
    stateOf(user),
    toMinute(user.date_joined),
    user.last_login === null ? 'never' : toMinute(user.last_login),
  ])
  const summary =
    rows.length < count
      ? `The latest ${rows.length} of ${many} users: --search finds fewer.`
      : `${many} ${count === 1 ? 'user' : 'users'}.`
  return `${table(['EMAIL', 'NAME', 'STATE', 'JOINED', 'LAST SIGN-IN'], lines)}\n\n${summary}`
}

function stateOf({ is_active, is_superuser, email_confirmed }: UserRow): string {
  const states = [is_active ? 'active' : 'suspended']
  if (is_superuser) states.push('superuser')
  if (!email_confirmed) states.push('unconfirmed')
  return states.join(', ')
}

export async function suspend(db: Database, email: string): Promise<string> {
  const userId = await findUserId(db, email)
  try {
    await updateUser(db, userId, { isActive: false }, {})
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'last_superuser')) throw error
    throw new StartError(`${email} is the last active superuser: make another one first, by npm run createsuperuser.`)
  }
  return `${email} is suspended, and every session has ended.`
}

export async function activate(db: Database, email: string): Promise<string> {
  await updateUser(db, await findUserId(db, email), { isActive: true }, {})
  return `${email} is active.`
}

/** For the owner of an address that came by a change, once the operator has made sure whose account it is. */
export async function endUndo(db: Database, email: string): Promise<string> {
  const ended = await endUndoNow(db, await findUserId(db, email))
  return ended
    ? `No former address of ${email} can undo its change any more.`
    : `There is no change of the address ${email} that could be undone.`
}

export async function listSessions(db: Database, email: string): Promise<string> {
  const from = { cursorTimestamp: 'infinity', cursorId: MAX }
  const sessions = await db.any(listSessionsDescending({ userId: await findUserId(db, email), ...from, limit: shown }))
  if (sessions.length === 0) return `${email} is signed in nowhere.`
  const lines = sessions.map((session) => [
    ...[session.timestamp, session.last_used_at, session.expires_at].map(toMinute),
    session.ip_address,
    session.last_ip_address,
    session.user_agent,
    session.last_user_agent,
  ])
  return table(['SIGNED IN', 'LAST USED', 'EXPIRES', 'IP ADDRESS', 'LAST IP ADDRESS', 'DEVICE', 'LAST DEVICE'], lines)
}

export async function endSessions(db: Database, email: string): Promise<string> {
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

/** "2026-11-24 10:15", in UTC. */
function toMinute(timestamp: string): string {
  return timestamp.slice(0, 16).replace('T', ' ')
}
