import { NIL } from 'uuid'
import * as queries from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { Client } from '../client.ts'
import { recordEvent } from '../events/securityEvents.ts'

const limit = 500

/**
 * Everything that is stored about a user, secrets aside. Lists are read while they are iterated, a page of 500 rows in
 * one statement at a time: however slow the reader, nothing is held but that page.
 * @throws Problem token_not_valid; user_not_found, also later, from a list
 */
export async function readExport(db: Database, who: { userId: string; sessionId: string }, client: Client) {
  const { userId } = who
  await db.transaction(async (transaction) => {
    if (!(await transaction.maybeOne(queries.lockSignedInUser(who))))
      throw new Problem('token_not_valid', { cause: 'suspended, deleted or signed out since' })
    await recordEvent(transaction, 'export_made', { userId, client })
  })
  const user = await db.maybeOne(queries.exportUser({ userId }))
  if (!user) throw new Problem('user_not_found')
  const addresses = (await db.any(queries.findOwnAddresses({ userId }))).map(({ address }) => address)
  const from = { userId, limit }
  return {
    user,
    addresses: readAll<queries.ExportAddressesRow>(db, userId, (last) =>
      db.any(queries.exportAddresses({ ...from, ...afterAddress(last) })),
    ),
    emailChanges: readAll<queries.ExportEmailChangesRow>(db, userId, (last) =>
      db.any(queries.exportEmailChanges({ ...from, ...after(last?.requested_at, last?.id) })),
    ),
    sessions: readAll<queries.ExportSessionsRow>(db, userId, (last) =>
      db.any(queries.exportSessions({ ...from, ...after(last?.created_at, last?.id) })),
    ),
    devices: readAll<queries.ExportDevicesRow>(db, userId, (last) =>
      db.any(queries.exportDevices({ ...from, ...afterDevice(last) })),
    ),
    loginLogs: readAll<queries.ExportLoginLogsRow>(db, userId, (last) =>
      db.any(queries.exportLoginLogs({ ...from, ...after(last?.timestamp, last?.id) })),
    ),
    securityEvents: readAll<queries.ExportSecurityEventsRow>(db, userId, (last) =>
      db.any(queries.exportSecurityEvents({ ...from, ...after(last?.timestamp, last?.id) })),
    ),
    mails: readAll<queries.ExportMailsRow>(db, userId, (last) =>
      db.any(queries.exportMails({ ...from, addresses, ...after(last?.created_at, last?.id) })),
    ),
  }
}

async function* readAll<Row>(
  db: Database,
  userId: string,
  readPage: (last: Row | undefined) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  for (let last: Row | undefined; ;) {
    const rows = await readPage(last)
    yield* rows
    if (rows.length < limit) break
    last = rows.at(-1)
  }
  // Of somebody who was erased meanwhile the list would look whole, and is not.
  if (!(await db.maybeOne(queries.findUser({ userId })))) throw new Problem('user_not_found')
}

// Where a page begins: after a row, or at the first.

function after(afterTimestamp = '-infinity', afterId: string = NIL) {
  return { afterTimestamp, afterId }
}

function afterAddress(row: queries.ExportAddressesRow | undefined) {
  if (!row) return { afterTimestamp: '-infinity', afterAddress: '' }
  return { afterTimestamp: row.held_until ?? 'infinity', afterAddress: row.address }
}

function afterDevice(row: queries.ExportDevicesRow | undefined) {
  if (!row) return { afterTimestamp: '-infinity', afterNetwork: '0.0.0.0/0', afterDevice: '' }
  return { afterTimestamp: row.first_seen_at, afterNetwork: row.network, afterDevice: row.device }
}
