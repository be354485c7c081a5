import { NIL } from 'uuid'
import * as queries from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { Client } from '../client.ts'
import { recordEvent } from '../events/securityEvents.ts'

const limit = 500

/**
 * Reads everything that is stored about a user, except secrets. Each list is read while the caller iterates over it,
 * in statements of 500 rows. So a slow client holds no connection to the database and at most 500 rows in memory.
 * @throws Problem token_not_valid if the user was suspended, deleted or signed out in the meantime; user_not_found if
 * the user was deleted, also while the caller reads a list
 */
export async function readExport(db: Database, signedIn: { userId: string; sessionId: string }, client: Client) {
  const { userId } = signedIn
  await db.transaction(async (transaction) => {
    if (!(await transaction.maybeOne(queries.lockSignedInUser(signedIn))))
      throw new Problem('token_not_valid', { cause: 'suspended, deleted or signed out since' })
    await recordEvent(transaction, 'export_made', { userId, client })
  })
  const user = await db.maybeOne(queries.exportUser({ userId }))
  if (!user) throw new Problem('user_not_found')
  const addresses = (await db.any(queries.findOwnAddresses({ userId }))).map(({ address }) => address)
  const page = { userId, limit }
  return {
    user,
    addresses: readAll<queries.ExportAddressesRow>(db, userId, (last) =>
      db.any(queries.exportAddresses({ ...page, ...afterAddress(last) })),
    ),
    emailChanges: readAll<queries.ExportEmailChangesRow>(db, userId, (last) =>
      db.any(queries.exportEmailChanges({ ...page, ...after(last?.requested_at, last?.id) })),
    ),
    sessions: readAll<queries.ExportSessionsRow>(db, userId, (last) =>
      db.any(queries.exportSessions({ ...page, ...after(last?.created_at, last?.id) })),
    ),
    devices: readAll<queries.ExportDevicesRow>(db, userId, (last) =>
      db.any(queries.exportDevices({ ...page, ...afterDevice(last) })),
    ),
    loginLogs: readAll<queries.ExportLoginLogsRow>(db, userId, (last) =>
      db.any(queries.exportLoginLogs({ ...page, ...after(last?.timestamp, last?.id) })),
    ),
    securityEvents: readAll<queries.ExportSecurityEventsRow>(db, userId, (last) =>
      db.any(queries.exportSecurityEvents({ ...page, ...after(last?.timestamp, last?.id) })),
    ),
    mails: readAll<queries.ExportMailsRow>(db, userId, (last) =>
      db.any(queries.exportMails({ ...page, addresses, ...after(last?.created_at, last?.id) })),
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
  // The list of a user who was erased in the meantime is incomplete. The error prevents the client from treating the
  // list as complete.
  if (!(await db.maybeOne(queries.findUser({ userId })))) throw new Problem('user_not_found')
}

// The functions below make the position at which a page begins: after the last row read, or before the first row.

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
