import * as queries from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import { normalizeEmail } from '../emailAddress.ts'
import { enqueueAccountDeleted } from '../mails/outbox.ts'
import { recordEvent } from '../events/securityEvents.ts'
import { requireAnotherSuperuser, requireActor, type Actor } from './superusers.ts'

// The number of rows that one statement erases. A statement may take at most 10 s, and the number of a user's login
// logs and security events is not limited.
const batch = 20_000

/** A user who erases their own account, and the stored hash against which their password was verified. */
type Owner = { verifiedHash: Uint8Array; sessionId: string }

/**
 * Erases a user and all their personal data in one transaction, and mails a notice to their email addresses. Security
 * events are kept without IP address and device. `eraseUser` in sql/queries/erasure.sql decides whether a user may
 * erase their own account.
 * @param actor the user themselves, or the superuser or operator who erases the user
 * @throws Problem last_superuser for every actor; not_found or permission_denied for a superuser or operator;
 * user_not_found for the user themselves, or current_password_incorrect if the password changed after it was verified
 */
export async function eraseUser(db: Database, userId: string, actor: Owner | Actor): Promise<void> {
  const owner = 'verifiedHash' in actor ? actor : { verifiedHash: null, sessionId: null }
  await db.transaction(async (transaction) => {
    await requireAnotherSuperuser(transaction, userId)
    if (!('verifiedHash' in actor)) await requireActor(transaction, actor)
    // From here on the worker cannot mint a code for the user. Codes are locked before the user (order of locks:
    // sql/README.md).
    await transaction.one(queries.lockCodes({ userId }))
    await transaction.query(queries.eraseCodes({ userIds: [userId] }))
    await transaction.query(queries.eraseEmailChanges({ userId }))
    // This statement waits for sign-ins in progress, so that the statements below erase their rows. Later sign-ins
    // are refused.
    const user = await transaction.maybeOne(queries.eraseUser({ userId, ...owner }))
    if (!user) throw await makeRefusal(transaction, userId, actor)
    const addresses = await eraseRecords(transaction, userId)
    await notify(transaction, user, addresses)
    await recordEvent(transaction, 'user_deleted', {
      userId,
      ...('actorId' in actor ? { actorId: actor.actorId } : {}),
    })
  })
}

async function makeRefusal(transaction: Queryable, userId: string, actor: Owner | Actor): Promise<Problem> {
  if (!('verifiedHash' in actor)) return new Problem('not_found')
  const present = await transaction.maybeOne(queries.findUser({ userId }))
  return new Problem(present ? 'current_password_incorrect' : 'user_not_found', {
    cause: 'changed or deleted in the meantime',
  })
}

/**
 * Erases a user's records, and anonymizes the security events.
 * @returns the user's email addresses, including former ones that are held
 */
async function eraseRecords(transaction: Queryable, userId: string): Promise<string[]> {
  const addresses = (await transaction.any(queries.findOwnAddresses({ userId }))).map(({ address }) => address)
  const registered = await transaction.any(queries.eraseRegistrations({ addresses }))
  await transaction.query(queries.eraseCodes({ userIds: registered.map(({ user_id }) => user_id) }))
  const mails = await transaction.any(queries.eraseMails({ userId, addresses }))
  const mailed = [...new Set([...addresses, ...mails.map(({ address }) => address)])]
  await transaction.query(queries.eraseSuppressions({ userId, addresses: mailed }))
  await transaction.query(queries.eraseAddresses({ userId }))
  await transaction.query(queries.eraseSessions({ userId }))
  await transaction.query(queries.eraseDevices({ userId }))
  await transaction.query(queries.eraseIdempotencyKeys({ userId }))
  await transaction.query(queries.anonymizeEventsOfActor({ userId }))
  await inBatches(() => transaction.query(queries.eraseLoginLogs({ userId, batch })))
  await inBatches(() => transaction.query(queries.anonymizeSecurityEvents({ userId, batch })))
  return addresses
}

/**
 * Queues a notice to the user's email address, and to each former address that could still undo a change: an attacker
 * may have changed the address before the erasure (security 110). The worker deletes the rows of these mails after
 * the last attempt to send them.
 */
async function notify(
  transaction: Queryable,
  { email, language }: { email: string; language: string },
  addresses: string[],
): Promise<void> {
  await enqueueAccountDeleted(transaction, email, language)
  for (const address of addresses)
    if (address !== normalizeEmail(email)) await enqueueAccountDeleted(transaction, address, language)
}

async function inBatches(statement: () => Promise<{ rowCount: number }>): Promise<void> {
  while ((await statement()).rowCount > batch);
}
