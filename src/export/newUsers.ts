import { findImportedUsers, findLinkedUsers, linkUsers, listUnlinkedUsers } from '../../generated/queries.ts'
import type { SourceRow } from '../import/source.ts'
import { toLegacyId, toText } from '../import/values.ts'
import { StartError } from '../problems.ts'
import { batchSize, findTooLong, noId, refuse, toColumns, type ExportContext, type Pass } from './context.ts'
import { toDjangoPassword } from '../domain/passwords/djangoPassword.ts'
import { hasUuids, insertRows, toKey, updateRow } from './target.ts'
import { findChanges, makeValues, toMoment, type ExportedUser, type Values } from './userValues.ts'

type Plan = { user: ExportedUser; values: Values }
type Link = { legacy_id: string; user_id: string }

/**
 * Creates a row for each user who registered after the import. Django gets a batch in one transaction, and after it
 * Gatehouse remembers the ids of the rows. A run that was interrupted between the two finds its rows again.
 */
export async function exportNewUsers(context: ExportContext, pass: Pass): Promise<void> {
  const { db, target } = context
  for (let after = noId; ;) {
    const users = await db.any(listUnlinkedUsers({ after, limit: batchSize }))
    if (pass.isWriting) {
      const links = await target.transaction(() => writeBatch(context, pass, users))
      const linked = await db.any(linkUsers({ links }))
      if (linked.length < links.length)
        throw new StartError('Another command linked the same users at the same time: repeat the export.')
    } else await planBatch(context, pass, users)
    pass.progress.add(users.length)
    const last = users.at(-1)
    if (!last || users.length < batchSize) return
    after = last.id
  }
}

async function writeBatch(context: ExportContext, pass: Pass, users: readonly ExportedUser[]): Promise<Link[]> {
  const { db, target, tables, columns, extraValues } = context
  const { table, columns: { id: key, email } } = tables.users // prettier-ignore
  const { created, links } = await planBatch(context, pass, users)
  const ids = new Map(created.map(({ user }) => [user.email, user.id]))
  const extra = extraValues.get(table) ?? {}
  const rows = created.map(({ user, values }) => ({
    ...extra,
    ...toColumns(columns, values),
    // The Django project generates UUIDs itself; the database does not.
    ...(hasUuids(target, table, key) ? { [key]: toKey(target, table, key, user.id) } : {}),
  }))
  const made = (await insertRows(target, table, rows, { id: key, email })).map((row) => ({
    legacy_id: toLegacyId(row['id']),
    user_id: ids.get(toText(row['email'])) ?? '',
  }))
  const [known] = await db.any(findImportedUsers({ legacyIds: made.map(({ legacy_id }) => legacy_id) }))
  if (known)
    throw new StartError(
      `Django gives a new user the id ${known.legacy_id}, which a user had when users were imported: raise its sequence.`,
    )
  return [...links, ...made]
}

/** Finds the users to create, and those whose rows an interrupted run has created. */
async function planBatch(
  context: ExportContext,
  pass: Pass,
  users: readonly ExportedUser[],
): Promise<{ created: Plan[]; links: Link[] }> {
  const { target, tables, columns } = context
  const counts = pass.report.users
  const holders = await findHolders(context, pass, users)
  const [created, links]: [Plan[], Link[]] = [[], []]
  counts.read += users.length
  for (const user of users) {
    const values = makeValues(user, target)
    const holder = holders.get(user.email)
    const tooLong = findTooLong(context, values)
    if (holder && isSameUser(user, holder.row) && !holder.isKnown) {
      const changes = toColumns(columns, findChanges(user, holder.row, target))
      const row = { column: tables.users.columns.id, value: holder.row['id'] ?? null }
      if (pass.isWriting && Object.keys(changes).length > 0) await updateRow(target, tables.users.table, row, changes)
      links.push({ legacy_id: toLegacyId(holder.row['id']), user_id: user.id })
      counts.linked++
    } else if (holder) refuse(context, pass, 'collision', user, `the user ${toText(holder.row['id'])} of Django has it`)
    else if (tooLong !== undefined) refuse(context, pass, 'too_long', user, tooLong)
    else {
      created.push({ user, values })
      counts.created++
    }
  }
  return { created, links }
}

/** Checks whether a row that no user is linked with was created by an interrupted export. */
function isSameUser(user: ExportedUser, row: SourceRow): boolean {
  if (toText(row['email']) !== user.email) return false
  if ('date_joined' in row) return toMoment(row['date_joined']) === toMoment(user.date_joined)
  return user.password_hash !== null && toText(row['password']) === toDjangoPassword(user.password_hash)
}

/** Returns the rows that have the email address or the username of a new user, by the email address of the user. */
async function findHolders({ db, target, tables, columns }: ExportContext, pass: Pass, users: readonly ExportedUser[]) {
  const holders = new Map<string, { row: SourceRow; isKnown: boolean }>()
  const values = users.map(({ email }) => email)
  if (values.length === 0) return holders
  for (const name of ['username', 'email']) {
    const column = columns[name]
    if (column === undefined) continue
    const rows = await target.selectAny({ table: tables.users.table, columns, column, values })
    const legacyIds = rows.map((row) => toLegacyId(row['id']))
    const known = new Set((await db.any(findImportedUsers({ legacyIds }))).map(({ legacy_id }) => legacy_id))
    const linked = new Map((await db.any(findLinkedUsers({ legacyIds }))).map((user) => [user.legacy_id, user]))
    for (const row of rows) {
      const id = toLegacyId(row['id'])
      const email = linked.get(id)?.email
      // The first run writes nothing: this row would have got another email address before.
      if (!pass.isWriting && email !== undefined && email !== toText(row['email'])) continue
      holders.set(toText(row[name]), { row, isKnown: known.has(id) })
    }
  }
  return holders
}
