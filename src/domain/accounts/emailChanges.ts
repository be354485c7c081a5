import { v7 as uuidv7 } from 'uuid'
import * as queries from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import { Problem, type RateLimit } from '../../problems.ts'
import { searchText } from '../searchText.ts'
import { normalizeEmail, type EmailAddress } from '../emailAddress.ts'
import type { Client } from '../client.ts'
import { parseCode, undoLifetime, type CodePurpose } from '../mails/codes.ts'
import type { LimitServices } from '../limits/limits.ts'
import { ConsumedPoints, refundOnError } from '../limits/points.ts'
import { forgetDevicesExcept } from '../sessions/devices.ts'
import { endUndoAfterRecovery } from './emailUndo.ts'
import { enqueue } from '../mails/outbox.ts'
import { recordEvent } from '../events/securityEvents.ts'
import { endAllSessions } from '../sessions/sessions.ts'

type Verified = { userId: string; sessionId: string; verifiedHash: Uint8Array }

/**
 * Requests a change of an account's email address. The requests are limited by account and by network, because each
 * request sends a mail to an email address of the client's choice (security 90).
 * @param to the new email address
 * @param verified the user, the session, and the stored hash against which the current password was verified
 * @throws Problem throttled; current_password_incorrect when the account was suspended or its password changed since
 * the password was verified
 */
export async function requestEmailChange(
  { db, limits }: LimitServices,
  to: EmailAddress,
  verified: Verified,
  client: Client,
): Promise<RateLimit | undefined> {
  const points = new ConsumedPoints()
  await refundOnError(
    () => points.refund(),
    async () => {
      for (const counter of limits.emailChanges.byAccount) await points.consume(counter, verified.userId)
      for (const counter of limits.emailChanges.byNetwork) await points.consume(counter, client)
      await recordEmailChange(db, to, verified, client)
    },
  )
  return points.tightest?.rateLimit
}

/**
 * Records the requested email address and queues a mail with a code to this address. The function does the same work
 * whether or not the address is free, so that the duration reveals no account (security 14, 29).
 */
async function recordEmailChange(db: Database, to: EmailAddress, verified: Verified, client: Client): Promise<void> {
  const { userId } = verified
  await db.transaction(async (transaction) => {
    await transaction.one(queries.lockCodes({ userId }))
    if (!(await transaction.maybeOne(queries.lockVerifiedUser(verified))))
      throw new Problem('current_password_incorrect', { cause: 'changed while the password was verified' })
    const id = uuidv7()
    await transaction.query(queries.voidEmailChange({ userId }))
    await transaction.query(queries.insertEmailChange({ userId, id, ...to }))
    await recordEvent(transaction, 'email_change_requested', { userId, client })
    await enqueue(transaction, 'confirm_email', to.address, userId, id)
  })
}

/**
 * Makes the new email address the account's own, given the code that was mailed to this address. The former address
 * gets a notice, and is held so that its owner can undo the change (security 20, 22, 28). If the code confirms the
 * address that the account already has, the call shortens the undo of earlier changes instead (security 103).
 * @returns the time until which the change can be undone, if the current address was confirmed again; undefined
 * otherwise
 * @throws Problem code_invalid, also when another account has claimed the address in the meantime
 */
export async function confirmEmailChange(db: Database, code: string, client: Client): Promise<string | undefined> {
  return withCode(db, code, 'confirm_email', async (transaction, userId, id) => {
    const change = await transaction.maybeOne(queries.lockWaitingEmailChange({ userId, id }))
    if (!change) throw invalid('superseded, confirmed, or its user is not active')
    const { address, old_email: oldEmail } = change
    const owner = await transaction.maybeOne(queries.findUserIdByAddress({ address }))
    if (owner?.user_id === userId) return endUndoAfterRecovery(transaction, userId, client)
    if (!(await transaction.maybeOne(queries.claimAddress({ address, userId })))) throw invalid('the address is taken')
    const { address: oldAddress } = await transaction.one(
      queries.holdAddress({ userId, newAddress: address, undoLifetime }),
    )
    await setEmail(transaction, userId, change)
    await transaction.one(queries.confirmEmailChange({ userId, id, oldAddress, oldEmail }))
    await transaction.query(queries.voidCodes({ userId }))
    await recordEvent(transaction, 'email_changed', { userId, client })
    await enqueue(transaction, 'email_changed', oldAddress, userId, id)
    return undefined
  })
}

/**
 * Returns the account to the owner of its former email address, given the code that was mailed to that address. The
 * attacker who changed the address knows the password. So the call clears the password, ends every session, forgets
 * the known devices and releases all later addresses. The address that the account had until now gets a notice
 * (security 103, 109).
 * @throws Problem code_invalid, also when the former address is no longer held and another account has claimed that
 * address
 */
export async function undoEmailChange(db: Database, code: string, client: Client): Promise<void> {
  await withCode(db, code, 'undo_email', async (transaction, userId, id) => {
    const change = await transaction.maybeOne(queries.lockUndoableEmailChange({ userId, id }))
    if (!change) throw invalid('undone, or its user is not active')
    const { old_address: address, old_email: email, new_email: newEmail } = change
    if (!(await transaction.maybeOne(queries.restoreAddress({ address, userId }))))
      throw invalid('the address is taken')
    await transaction.query(queries.undoEmailChanges({ userId, id }))
    await transaction.query(queries.releaseAddresses({ userId, restoredAddress: address, undoLifetime }))
    await transaction.query(queries.holdAddress({ userId, newAddress: address, undoLifetime }))
    await setEmail(transaction, userId, { ...change, email })
    await transaction.one(queries.clearPassword({ userId }))
    await endAllSessions(transaction, { userId, keptId: null, endedBy: 'email_change_undone' })
    await transaction.query(queries.voidCodes({ userId }))
    await forgetDevicesExcept(transaction, userId, client)
    await recordEvent(transaction, 'email_change_undone', { userId, client })
    // A recovery mail that names its user is never limited (security 100).
    await enqueue(transaction, 'restore', address, userId)
    if (normalizeEmail(newEmail) !== address) await enqueue(transaction, 'email_change_undone', newEmail, userId)
  })
}

/**
 * Consumes a code and runs `work` in one transaction. The transaction locks the user's codes, so that the worker
 * cannot mint a code that voidCodes in `work` would miss.
 */
async function withCode<Result>(
  db: Database,
  code: string,
  purpose: CodePurpose,
  work: (transaction: Queryable, userId: string, subjectId: string) => Promise<Result>,
): Promise<Result> {
  const { userId, hash } = parseCode(code)
  return db.transaction(async (transaction) => {
    await transaction.one(queries.lockCodes({ userId }))
    const consumed = await transaction.maybeOne(queries.consumeCode({ userId, hash, purpose }))
    if (!consumed?.about) throw invalid('unknown, used or expired')
    return work(transaction, userId, consumed.about)
  })
}

type Named = { email: string; first_name: string; last_name: string }

async function setEmail(transaction: Queryable, userId: string, named: Named) {
  await transaction.one(queries.setEmail({ userId, email: named.email, searchText: searchText(named) }))
}

function invalid(cause: string): Problem {
  return new Problem('code_invalid', { cause })
}
