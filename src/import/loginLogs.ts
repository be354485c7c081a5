import { v5 as uuidv5 } from 'uuid'
import { importLoginLogs, makePastPartitions } from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import { errorCode } from '../db/errors.ts'
import { parseIpAddress } from '../domain/ipAddress.ts'
import { StartError } from '../problems.ts'
import type { LogTable } from './findTables.ts'
import type { Progress } from './progress.ts'
import type { Report } from './report.ts'
import { readBatches, type Source, type SourceRow } from './source.ts'
import { toLegacyId, toText, toTimestamp, toVisible } from './values.ts'

type LogRow = { legacy_id: string; id: string; timestamp: string; ip_address: string; user_agent: string }

const batchSize = 5000
const insufficientPrivilege = '42501'
const maxUserAgent = 512
/** The namespace of the ids of imported rows (RFC 9562, 5.5), a random UUID. */
const namespace = '7f1d3c58-0c5e-4a53-9a55-6f4c1e9c2a10'

/**
 * Creates the partitions of the months that are imported, so that the default partition stays empty.
 * @throws StartError if the role of the database does not own the tables
 */
export async function preparePartitions(db: Database, retention: number): Promise<void> {
  await db.query(makePastPartitions({ seconds: retention })).catch((error: unknown) => {
    if (errorCode(error) !== insufficientPrivilege) throw error
    throw new StartError('The import must connect as the owner of the tables, as gatehouse migrate does.')
  })
}

/**
 * Imports the login log. Each batch is one transaction. A row has the same id in every import, so that it is inserted
 * once.
 * @param retention how long the service keeps the login log, in seconds; older rows are not imported
 * @param dryRun whether the rows are only checked
 */
export async function importLogs(
  { db, source, table }: { db: Database; source: Source; table: LogTable },
  { retention, dryRun }: { retention: number; dryRun: boolean },
  report: Report,
  progress: Progress,
): Promise<void> {
  const counts = report.loginLogs
  const oldest = Date.now() - retention * 1000
  const write = async (rows: readonly LogRow[]) => {
    if (dryRun) return { known: rows.length, inserted: rows.length }
    return db.one(importLoginLogs({ rows: [...rows] }))
  }
  // While PostgreSQL inserts a batch, the next one is read and converted.
  let writing = Promise.resolve()
  for await (const rows of readBatches(source, { ...table, key: table.columns.id, size: batchSize })) {
    const converted = rows.flatMap((row) => {
      const log = convertLog(row, table.table, oldest, report)
      return log ? [log] : []
    })
    await writing
    writing = write(converted).then(({ known, inserted }) => {
      if (known < converted.length) report.add('skipped', 'unknown_user', undefined, converted.length - known)
      counts.read += rows.length
      counts.imported += inserted
      counts.unchanged += known - inserted
      counts.skipped += rows.length - known
      progress.add(rows.length)
    })
    writing.catch(() => undefined) // The next await throws the error.
  }
  await writing
}

function convertLog(row: SourceRow, table: string, oldest: number, report: Report): LogRow | undefined {
  const key = toText(row['id'])
  const timestamp = toTimestamp(row['timestamp'])
  if (timestamp === undefined) {
    report.add('skipped', 'invalid_date', { legacy_id: key, detail: `${table}.timestamp` })
    return undefined
  }
  if (Date.parse(timestamp.replace(/\.\d+/, '').replace(/([+-]\d\d)$/, '$1:00')) < oldest) {
    report.add('skipped', 'expired')
    return undefined
  }
  const ipAddress = parseIpAddress(toText(row['ip']).trim())
  if (ipAddress === undefined) {
    report.add('skipped', 'invalid_ip', { legacy_id: key, detail: `in ${table}` })
    return undefined
  }
  return {
    legacy_id: toLegacyId(row['user']),
    id: uuidv5(`${table} ${key}`, namespace),
    timestamp,
    ip_address: ipAddress,
    user_agent: toVisible(row['agent'], maxUserAgent),
  }
}
