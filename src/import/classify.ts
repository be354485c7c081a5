import { findImportedUsers, findTakenAddresses } from '../../generated/queries.ts'
import type { Queryable } from '../db/database.ts'
import { convertUser, type Converted, type Decisions, type ImportedUser, type OwnedAddress } from './convertUser.ts'
import type { AddressTable } from './findTables.ts'
import type { Entry, Outcome, Reason } from './report.ts'
import type { Source, SourceRow } from './source.ts'
import { toBoolean, toLegacyId, toText } from './values.ts'

/** What the import does with a user. `unchanged`: the user was imported before. */
export type Action = { entry: Entry; changes: Converted['changes'] } & (
  | { kind: 'unchanged' }
  | { kind: 'refused'; outcome: Exclude<Outcome, 'changed'>; reason: Reason; detail?: string }
  | { kind: 'link'; user: ImportedUser; userId: string }
  | { kind: 'import'; user: ImportedUser }
)

/** Decides what to do with a batch of users, by the present state of both databases. */
export async function classify(
  db: Queryable,
  source: Source,
  rows: readonly SourceRow[],
  { decisions, addresses }: { decisions: Decisions; addresses: AddressTable | undefined },
): Promise<Action[]> {
  const owned = addresses && (await readOwnedAddresses(source, addresses, rows))
  const converted = rows.map((row) => convertUser(row, owned && (owned.get(toLegacyId(row['id'])) ?? []), decisions))
  const legacyIds = converted.map(({ entry }) => entry.legacy_id)
  const given = converted.flatMap((each) => ('user' in each ? [each.user.address] : []))
  const known = new Map((await db.any(findImportedUsers({ legacyIds }))).map((row) => [row.legacy_id, row]))
  const taken = new Map((await db.any(findTakenAddresses({ addresses: given }))).map((row) => [row.address, row]))
  return converted.map((each): Action => {
    const { entry, changes } = each
    const found = known.get(entry.legacy_id)
    if (found?.exists) return { kind: 'unchanged', entry, changes: [] }
    if (found) return { kind: 'refused', entry, changes, outcome: 'skipped', reason: 'erased' }
    if ('refusal' in each) return { kind: 'refused', entry, changes, ...each.refusal }
    const owner = taken.get(each.user.address)
    if (owner === undefined) return { kind: 'import', entry, changes, user: each.user }
    if (!owner.is_imported && decisions.onExisting === 'link')
      return { kind: 'link', entry, changes: [], user: each.user, userId: owner.user_id }
    const [reason, decision] = owner.is_imported
      ? (['collision', decisions.onCollision] as const)
      : (['address_taken', decisions.onExisting] as const)
    return { kind: 'refused', entry, changes, outcome: decision === 'stop' ? 'undecided' : 'skipped', reason }
  })
}

/** Reads the email addresses of django-allauth of a batch of users. */
async function readOwnedAddresses(
  source: Source,
  { table, columns }: AddressTable,
  rows: readonly SourceRow[],
): Promise<Map<string, OwnedAddress[]>> {
  const values = rows.map((row) => row['id'] ?? null)
  const owned = new Map<string, OwnedAddress[]>()
  for (const row of await source.select({ table, columns, column: columns.user, values })) {
    const id = toLegacyId(row['user'])
    const others = owned.get(id) ?? []
    others.push({
      email: toText(row['email']),
      verified: toBoolean(row['verified']),
      primary: toBoolean(row['primary']),
    })
    owned.set(id, others)
  }
  return owned
}
