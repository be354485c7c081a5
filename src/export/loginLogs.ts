import { listNewLoginLogs, type ListNewLoginLogsRow } from '../../generated/queries.ts'
import type { LogTable } from '../import/findTables.ts'
import type { Value } from '../import/source.ts'
import { toLegacyId, toText } from '../import/values.ts'
import type { ExportContext, Pass } from './context.ts'
import { hasUuids, insertRows, toKey } from './target.ts'
import { toMoment } from './userValues.ts'

const batchSize = 5000

/**
 * Adds the records that were not imported to the login log of Django. Each batch is one transaction. A record that
 * Django has is not written again: of several equal records, the missing ones are written.
 */
export async function exportLogs(context: ExportContext, table: LogTable, pass: Pass): Promise<void> {
  const { db, target } = context
  const counts = pass.report.loginLogs
  for (let after = '-infinity'; ;) {
    const records = await db.any(listNewLoginLogs({ after, limit: batchSize }))
    const last = records.at(-1)
    if (!last) return
    const sent = records.filter(({ legacy_id }) => legacy_id !== null || !pass.isWriting)
    const write = async () => {
      const missing = await findMissing(context, table, sent)
      if (pass.isWriting) await insertRows(target, table.table, makeRows(context, table, missing), table.columns)
      return missing.length
    }
    const written = await (pass.isWriting ? target.transaction(write) : write())
    const unknown = records.length - sent.length
    counts.read += records.length
    counts.written += written
    counts.unchanged += sent.length - written
    counts.skipped += unknown
    if (unknown > 0) pass.report.add('skipped', 'unknown_user', undefined, unknown)
    pass.progress.add(records.length)
    after = `${last.timestamp}+00`
  }
}

/** Returns the records that Django does not have. A batch has all records of each moment. */
async function findMissing(
  { target }: ExportContext,
  table: LogTable,
  records: readonly ListNewLoginLogsRow[],
): Promise<ListNewLoginLogsRow[]> {
  const { columns } = table
  const users = new Set(records.flatMap(({ legacy_id: id }) => (id === null ? [] : [id])))
  const [first, last] = [records.at(0), records.at(-1)]
  const present = new Map<string, number>()
  if (!first || !last || users.size === 0) return [...records]
  const rows = await target.selectAny({
    table: table.table,
    columns,
    column: columns.user,
    values: [...users].map((id) => toKey(target, table.table, columns.user, id)),
    period: { column: columns.timestamp, from: toMoment(first.timestamp), to: toMoment(last.timestamp) },
  })
  for (const row of rows) {
    const key = [toLegacyId(row['user']), toMoment(row['timestamp']), row['ip'], row['agent']].map(toText).join('\0')
    present.set(key, (present.get(key) ?? 0) + 1)
  }
  return records.filter((record) => {
    const { legacy_id: id, timestamp, ip_address: ip } = record
    const agent = 'agent' in columns ? shorten(target, table, record) : ''
    const key = [toText(id), toMoment(timestamp), ip, agent].join('\0')
    const left = present.get(key) ?? 0
    present.set(key, left - 1)
    return left <= 0
  })
}

function makeRows({ target, extraValues }: ExportContext, table: LogTable, records: readonly ListNewLoginLogsRow[]) {
  const { table: name, columns } = table
  return records.map((record): Record<string, Value> => ({
    ...extraValues.get(name),
    [columns.user]: toKey(target, name, columns.user, record.legacy_id ?? ''),
    [columns.timestamp]: target.moment(toMoment(record.timestamp)),
    [columns.ip]: record.ip_address,
    ...(columns.agent === undefined ? {} : { [columns.agent]: shorten(target, table, record) }),
    ...(hasUuids(target, name, columns.id) ? { [columns.id]: toKey(target, name, columns.id, record.id) } : {}),
  }))
}

function shorten(
  target: ExportContext['target'],
  { table, columns }: LogTable,
  { user_agent: agent }: ListNewLoginLogsRow,
) {
  const length = columns.agent === undefined ? undefined : target.column(table, columns.agent).maxLength
  return length === undefined ? agent : Array.from(agent).slice(0, length).join('')
}
