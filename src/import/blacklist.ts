import { importBlacklist } from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import type { Report } from './report.ts'
import { readBatches, type Source } from './source.ts'
import { toText, toTimestamp } from './values.ts'

const blacklist = 'token_blacklist_blacklistedtoken'
const outstanding = 'token_blacklist_outstandingtoken'
const batchSize = 1000

/**
 * Imports the blacklist of simplejwt, if the source has its tables. The service then does not exchange these refresh
 * tokens (DJANGO_SIGNING_KEY). Tokens that have expired are left out.
 */
export async function importBlacklistedTokens(db: Database, source: Source, report: Report): Promise<void> {
  const column = source.tables.get(blacklist)?.find((name) => name === 'token_id' || name === 'token')
  if (column === undefined || !source.tables.has(outstanding)) return
  const table = { table: blacklist, columns: { token: column }, key: 'id', size: batchSize }
  for await (const rows of readBatches(source, table)) {
    const columns = { jti: 'jti', expires_at: 'expires_at' }
    const values = rows.map(({ token = null }) => token)
    const found = await source.select({ table: outstanding, columns, column: 'id', values })
    const tokens = found.flatMap(({ jti = null, expires_at: expiry = null }) => {
      const expiresAt = toTimestamp(expiry)
      return expiresAt === undefined || jti === null ? [] : [{ jti: toText(jti), expires_at: expiresAt }]
    })
    report.blacklisted += (await db.any(importBlacklist({ tokens }))).length
  }
}
