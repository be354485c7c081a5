import * as queries from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import { normalise } from '../emailAddress.ts'
import { enqueueAccountDeleted } from '../mails/outbox.ts'
import { recordEvent } from '../events/securityEvents.ts'
import { requireAnotherSuperuser, requireActor, type Administrator } from './superusers.ts'

// Rows of one statement, which may take 10 s; the tables that have a row for each sign-in, good or bad, have no limit.
const batch = 20_000

/** The owner, with the hash that the password was verified against. */
type Owner = { verifiedHash: Uint8Array; sessionId: string }

/**
 * Erases a user and every personal datum, in one transaction, and notifies the address. Security events stay, without
 * address and device.
 * @throws Problem last_superuser; for an administrator not_found, permission_denied; for the owner user_not_found, or
 * current_password_incorrect when the password was changed since it was verified
 */
export async function eraseUser(db: Database, userId: string, by: Owner | Administrator): Promise<void> {
  const owner = 'verifiedHash' in by ? by : { verifiedHash: null, sessionId: null }
  await db.transaction(async (transaction) => {
    await requireAnotherSuperuser(transaction, userId)
    if (!('verifiedHash' in by)) await requireActor(transaction, by)
    // From here on no code is minted and no mail chosen for the user; codes before the user, as a recovery locks them.
    await transaction.one(queries.lockCodes({ userId }))
    await transaction.query(queries.eraseCodes({ userIds: [userId] }))
    await transaction.query(queries.eraseEmailChanges({ userId }))
    // Waits for the sign-ins under way, and refuses those to come: what they have written is there to be erased below.
    const user = await transaction.maybeOne(queries.eraseUser({ userId, ...owner }))
    if (!user) throw await refusal(transaction, userId, by)
    const addresses = await eraseRecords(transaction, userId)
    await notify(transaction, user, addresses)
    await recordEvent(transaction, 'user_deleted', { userId, ...('actorId' in by ? { actorId: by.actorId } : {}) })
  })
}

async function refusal(transaction: Queryable, userId: string, by: Owner | Administrator): Promise<Problem> {
  if (!('verifiedHash' in by)) return new Problem('not_found')
  const present = await transaction.maybeOne(queries.findUser({ userId }))
  return new Problem(present ? 'current_password_incorrect' : 'user_not_found', { cause: 'changed or gone meanwhile' })
}

/** @returns the addresses that were the user's, former ones that were held included */
async function eraseRecords(transaction: Queryable, userId: string): Promise<string[]> {
  const addresses = (await transaction.any(queries.findOwnAddresses({ userId }))).map(({ address }) => address)
  const registered = await transaction.any(queries.eraseRegistrations({ addresses }))
  await transaction.query(queries.eraseCodes({ userIds: registered.map(({ user_id }) => user_id) }))
  await transaction.query(queries.eraseMails({ userId, addresses }))
  await transaction.query(queries.eraseAddresses({ userId }))
  await transaction.query(queries.eraseSessions({ userId }))
  await transaction.query(queries.eraseDevices({ userId }))
  await transaction.query(queries.anonymizeEventsOfActor({ userId }))
  await inBatches(() => transaction.query(queries.eraseLoginLogs({ userId, batch })))
  await inBatches(() => transaction.query(queries.anonymizeSecurityEvents({ userId, batch })))
  return addresses
}

/**
 * Notifies the address, and a former one that could still undo a change: the person who erases may have changed the
 * address before (security 110). The rows of these mails go when they are sent.
 */
async function notify(
  transaction: Queryable,
  { email, language }: { email: string; language: string },
  addresses: string[],
): Promise<void> {
  await enqueueAccountDeleted(transaction, email, language)
  for (const address of addresses)
    if (address !== normalise(email)) await enqueueAccountDeleted(transaction, address, language)
}

async function inBatches(statement: () => Promise<{ rowCount: number }>): Promise<void> {
  while ((await statement()).rowCount > batch);
}
