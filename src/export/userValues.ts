import type { ListUnlinkedUsersRow } from '../../generated/queries.ts'
import { parseDjangoHash } from '../domain/passwords/djangoHash.ts'
import type { SourceRow, Value } from '../import/source.ts'
import { toBoolean, toText, toTimestamp } from '../import/values.ts'
import { makeUnusablePassword, toDjangoPassword } from '../domain/passwords/djangoPassword.ts'
import type { Target } from './target.ts'

export type ExportedUser = ListUnlinkedUsersRow
/** The values of a user by the names that the import uses for the columns. */
export type Values = Record<string, Value>

/** Writes a moment of either database in one form, in UTC with microseconds. @returns '' if the value is none */
export function toMoment(value: Value | undefined): string {
  const [, date, time, fraction = ''] = /^([\d-]+)[T ]([\d:]+)(?:\.(\d+))?/.exec(toTimestamp(value) ?? '') ?? []
  return date === undefined || time === undefined ? '' : `${date} ${time}.${fraction.padEnd(6, '0')}`
}

/**
 * Compares a user with the row of Django, and returns the values that must change.
 * @param row the columns that Django has, by the names that the import uses
 */
export function findChanges(user: ExportedUser, row: SourceRow, target: Target): Values {
  const changes: Values = {}
  if (toText(row['email']) !== user.email) {
    changes['email'] = user.email
    // Projects that have no usernames keep the email address in this column.
    if (row['username'] === row['email']) changes['username'] = user.email
  }
  const password = findPassword(user, toText(row['password']))
  if (password !== undefined) changes['password'] = password
  for (const name of ['first_name', 'last_name'] as const)
    if (name in row && toText(row[name]) !== user[name]) changes[name] = user[name]
  for (const name of ['is_active', 'is_superuser'] as const)
    if (name in row && toBoolean(row[name]) !== user[name]) changes[name] = target.boolean(user[name])
  // Gatehouse has no staff, so is_staff only follows a change of is_superuser.
  if ('is_staff' in row && 'is_superuser' in changes) changes['is_staff'] = target.boolean(user.is_superuser)
  const lastLogin = toMoment(user.last_login)
  if ('last_login' in row && lastLogin > toMoment(row['last_login'])) changes['last_login'] = target.moment(lastLogin)
  return changes
}

function findPassword({ password_hash: hash }: ExportedUser, former: string): string | undefined {
  if (hash === null) return isUnusable(former) || isKept(hash, former) ? undefined : makeUnusablePassword()
  const text = toDjangoPassword(hash)
  return text === former ? undefined : text
}

function isUnusable(password: string): boolean {
  return password === '' || password.startsWith('!')
}

/** Checks whether a user has no password because the import could not verify the hash, which therefore stays. */
export function isKept(hash: Uint8Array | null, former: string): boolean {
  return hash === null && !isUnusable(former) && isUnverifiable(former)
}

function isUnverifiable(former: string): boolean {
  return !former.startsWith('gatehouse_scrypt$') && 'unusable' in parseDjangoHash(former)
}

/** Returns the values of a new row. */
export function makeValues(user: ExportedUser, target: Target): Values {
  const { email, first_name, last_name, password_hash: hash, is_active, is_superuser } = user
  const lastLogin = toMoment(user.last_login)
  return {
    email,
    username: email,
    password: hash ? toDjangoPassword(hash) : makeUnusablePassword(),
    first_name,
    last_name,
    is_active: target.boolean(is_active),
    is_superuser: target.boolean(is_superuser),
    is_staff: target.boolean(is_superuser),
    date_joined: target.moment(toMoment(user.date_joined)),
    last_login: lastLogin === '' ? null : target.moment(lastLogin),
  }
}
