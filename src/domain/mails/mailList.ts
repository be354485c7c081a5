import * as queries from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import type { Count, Slice } from '../pagination.ts'

export const mailStatuses = ['queued', 'sent', 'failed', 'dropped']

export type MailRow = queries.ListMailsRow
/** Selects mails by status, by their normalized email address, or both. */
export type MailFilter = { status?: string | undefined; address?: string | undefined }

/** Reads up to `limit` mails after a position, 101 at most, in the order of their creation. */
export function readMails(
  db: Queryable,
  { status, address }: MailFilter,
  { from, limit, descending }: Slice,
): Promise<readonly MailRow[]> {
  const direction = descending ? 'descending' : 'ascending'
  const page = { statuses: statusesOf(status), cursorTimestamp: from.value, cursorId: from.id, limit }
  return db.any(
    address === undefined ? queries.listMails[direction](page) : queries.listMailsTo[direction]({ ...page, address }),
  )
}

/** Counts the mails, up to `cap`, or all mails if `cap` is null. */
export function countMails(db: Queryable, { status, address }: MailFilter, cap: number | null): Promise<Count> {
  const counted = { statuses: statusesOf(status), cap }
  return db.one(address === undefined ? queries.countMails(counted) : queries.countMailsTo({ ...counted, address }))
}

function statusesOf(status: string | undefined): string[] {
  return status === undefined ? mailStatuses : [status]
}
