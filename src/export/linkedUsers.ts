import { findLinkedUsers, listLinkedUsers, type ListLinkedUsersRow } from '../../generated/queries.ts'
import { parseEmailAddress } from '../domain/emailAddress.ts'
import type { SourceRow } from '../import/source.ts'
import { toLegacyId, toText } from '../import/values.ts'
import { batchSize, findTooLong, noId, refuse, toColumns, type ExportContext, type Pass } from './context.ts'
import { toKey, updateRow } from './target.ts'
import { findChanges, isKept, toMoment, type ExportedUser, type Values } from './userValues.ts'

type Linked = ListLinkedUsersRow
type Plan = { user: Linked; row: SourceRow; changes: Values }

/** The columns that are unique in Django. */
const unique = ['email', 'username'] as const

/** Updates the rows of users who were imported, or exported before. Each batch is one transaction of Django. */
export async function exportLinkedUsers(context: ExportContext, pass: Pass): Promise<void> {
  const early = new Set<string>() // users who were written with an earlier batch, because it needed their addresses
  for (let after = noId; ;) {
    const users = await context.db.any(listLinkedUsers({ after, limit: batchSize }))
    const own = users.filter(({ id }) => !early.delete(id))
    await transactIf(context, pass, async () => {
      const plans = await planUpdates(context, pass, own)
      const others = [...plans.values()].filter(({ user }) => !own.includes(user))
      for (const { user } of others) early.add(user.id)
      count(
        pass,
        [...plans.values()].filter((plan) => plan.user.id > after),
      )
      if (pass.isWriting) await writeUpdates(context, [...plans.values()])
    })
    pass.progress.add(users.length)
    const last = users.at(-1)
    if (!last || users.length < batchSize) return
    after = last.id
  }
}

async function transactIf({ target }: ExportContext, { isWriting }: Pass, work: () => Promise<void>): Promise<void> {
  await (isWriting ? target.transaction(work) : work())
}

/** Finds the changes of a batch of users, by their legacy ids. */
async function planUpdates(context: ExportContext, pass: Pass, users: readonly Linked[]): Promise<Map<string, Plan>> {
  const plans = await compare(context, pass, users)
  const tried = new Set(users.map(({ legacy_id }) => legacy_id))
  for (let isSettled = false; !isSettled;) {
    isSettled = true
    for (const { id, holder, name } of await findHolders(context, plans)) {
      if (plans.get(holder)?.changes[name] !== undefined) continue // the holder changes the value in this batch, too
      isSettled = false
      const pulled = tried.has(holder) ? [] : await context.db.any(findLinkedUsers({ legacyIds: [holder] }))
      tried.add(holder)
      const found = pulled.filter(({ email }) => email !== plans.get(id)?.changes['email'])
      if (found.length > 0) for (const [key, plan] of await compare(context, pass, found)) plans.set(key, plan)
      else refusePlan(context, pass, plans, id, holder)
    }
  }
  return plans
}

function refusePlan(context: ExportContext, pass: Pass, plans: Map<string, Plan>, id: string, holder: string): void {
  const plan = plans.get(id)
  if (!plan) return
  plans.delete(id)
  refuse(context, pass, 'collision', plan.user, `the user ${holder} of Django has it`)
}

function count({ report }: Pass, plans: readonly Plan[]): void {
  report.users.read += plans.length
  for (const { user, row, changes } of plans) {
    if (Object.keys(changes).length > 0) report.users.updated++
    else report.users.unchanged++
    if (isKept(user.password_hash, toText(row['password'])))
      report.add('skipped', 'hash_kept', { legacy_id: user.legacy_id, email: user.email })
  }
}

/**
 * Compares users with their rows in Django, and rejects users who have no row, or whose row belongs to someone else.
 */
async function compare(context: ExportContext, pass: Pass, users: readonly Linked[]): Promise<Map<string, Plan>> {
  const { target, tables, columns } = context
  const { table, columns: { id: key } } = tables.users // prettier-ignore
  const values = users.map(({ legacy_id }) => toKey(target, table, key, legacy_id))
  const rows = values.length === 0 ? [] : await target.selectAny({ table, columns, column: key, values })
  const found = new Map(rows.map((row) => [toLegacyId(row['id']), row]))
  const plans = new Map<string, Plan>()
  for (const user of users) {
    const row = found.get(user.legacy_id)
    const changes = row ? findChanges(user, row, target) : {}
    const tooLong = findTooLong(context, changes)
    if (row && !isOtherUser(user, row) && tooLong === undefined) plans.set(user.legacy_id, { user, row, changes })
    else if (!row) refuseRead(context, pass, 'row_missing', user)
    else if (tooLong !== undefined) refuseRead(context, pass, 'too_long', user, tooLong)
    else refuseRead(context, pass, 'other_user', user, `in Django: ${toText(row['email'])}`)
  }
  return plans
}

function refuseRead(...[context, pass, reason, user, detail]: Parameters<typeof refuse>): void {
  pass.report.users.read++
  refuse(context, pass, reason, user, detail)
}

/** A row with another email address and another date of the registration is that of another database. */
function isOtherUser(user: ExportedUser, row: SourceRow): boolean {
  if (!('date_joined' in row)) return false
  const [mine, other] = [user.email, toText(row['email'])].map((email) => parseEmailAddress(email.trim())?.address)
  return mine !== other && toMoment(user.date_joined) !== toMoment(row['date_joined'])
}

/** Returns who else has a value that a user is to get, as pairs of legacy ids. */
async function findHolders({ target, tables, columns }: ExportContext, plans: ReadonlyMap<string, Plan>) {
  const holders: { id: string; holder: string; name: (typeof unique)[number] }[] = []
  for (const name of unique) {
    const [column, wanted] = [columns[name], new Map<unknown, string>()]
    for (const [id, { changes }] of plans) if (changes[name] !== undefined) wanted.set(changes[name], id)
    if (column === undefined || wanted.size === 0) continue
    const selected = { value: column, id: tables.users.columns.id }
    const values = [...wanted.keys()].map(String)
    for (const row of await target.selectAny({ table: tables.users.table, columns: selected, column, values })) {
      const [id, holder] = [wanted.get(row['value']), toLegacyId(row['id'])]
      if (id !== undefined && id !== holder) holders.push({ id, holder, name })
    }
  }
  return holders
}

async function writeUpdates({ target, tables, columns }: ExportContext, plans: readonly Plan[]): Promise<void> {
  const { table, columns: { id: column } } = tables.users // prettier-ignore
  const changed = plans.filter(({ changes }) => Object.keys(changes).length > 0)
  const write = (row: SourceRow, values: Values) =>
    updateRow(target, table, { column, value: row['id'] ?? null }, toColumns(columns, values))
  const wanted = new Set(changed.map(({ changes }) => changes['email']))
  for (const { row, changes } of changed) {
    // Someone gets the value that this row still has. The transaction ends with the right one.
    if (changes['email'] === undefined || !wanted.has(toText(row['email']))) continue
    const moving = `${toText(row['id'])}@moving.invalid`
    await write(row, { email: moving, ...(changes['username'] === undefined ? {} : { username: moving }) })
  }
  for (const { row, changes } of changed) await write(row, changes)
}
