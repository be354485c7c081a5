import { listErasedLegacyIds } from '../../generated/queries.ts'
import { toBoolean, toLegacyId, toText } from '../import/values.ts'
import { batchSize, type ExportContext, type Pass } from './context.ts'
import { toKey, updateRow } from './target.ts'

/**
 * Lists the users who were deleted in Gatehouse and are active in Django, and deactivates them if the operator has
 * chosen this.
 */
export async function exportDeletedUsers(context: ExportContext, pass: Pass): Promise<void> {
  const { db, target, tables, columns, deactivateDeleted } = context
  const { table, columns: { id: column, is_active: isActive } } = tables.users // prettier-ignore
  for (let after = ''; ;) {
    const legacyIds = (await db.any(listErasedLegacyIds({ after, limit: batchSize }))).map((row) => row.legacy_id)
    const last = legacyIds.at(-1)
    if (last === undefined) return
    const values = legacyIds.map((id) => toKey(target, table, column, id))
    const found = await target.selectAny({ table, columns, column, values })
    const rows = found.filter((row) => isActive === undefined || toBoolean(row['is_active']))
    const canDeactivate = deactivateDeleted && isActive !== undefined
    if (canDeactivate && pass.isWriting)
      await target.transaction(async () => {
        for (const row of rows)
          await updateRow(target, table, { column, value: row['id'] ?? null }, { [isActive]: target.boolean(false) })
      })
    if (canDeactivate) pass.report.users.deactivated += rows.length
    for (const row of rows)
      pass.report.add(canDeactivate ? 'changed' : 'skipped', 'deleted', {
        legacy_id: toLegacyId(row['id']),
        email: toText(row['email']),
      })
    after = last
  }
}
