import * as queries from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import { normalizeEmail } from '../emailAddress.ts'
import type { Caller, Client } from '../client.ts'
import { parseCode } from '../mails/codes.ts'
import { forgetDevicesExcept, rememberDevice } from '../sessions/devices.ts'
import type { LimitServices } from '../limits/limits.ts'
import { enqueue } from '../mails/outbox.ts'
import { checkNewPassword, type PasswordRules } from '../passwords/rules.ts'
import { resetAttempts } from '../limits/lockout.ts'
import type { PasswordHasher } from '../passwords/hasher.ts'
import { createByRecovery } from './registrations.ts'
import { recordEvent } from '../events/securityEvents.ts'
import { endAllSessions } from '../sessions/sessions.ts'

type RecoveryServices = LimitServices & { passwords: PasswordHasher; passwordRules: PasswordRules }
type Code = { userId: string; hash: Uint8Array }
type NewPassword = { password: string; password_confirm: string }

/**
 * Limits repetitions: requests that present a used code again, with the password that was set with the code. A
 * repetition is recognized until `seconds` after the code was used, and at most `limit` times. Each request can be an
 * attempt to guess the current password, so the limit equals the default of LIMIT_SIGN_IN.
 */
const repetition = { seconds: 600, limit: 10 }

/**
 * Sets a new password, given a mailed code. It ends every session and notifies the owner by mail (security 20, 22,
 * 28, 39). The function does not sign the client in, but it records the client's network as known and ends a lockout
 * of the account in this network (security 55). If the email address has only registrations and no account, it
 * creates the account (security 89). The code is checked before the password, because the password rules need the
 * email address of the user whom the code names.
 * @throws Problem code_invalid, invalid
 */
export async function restorePassword(
  services: RecoveryServices,
  code: string,
  newPassword: NewPassword,
  caller: Caller,
): Promise<void> {
  const { client } = caller
  const named = parseCode(code)
  const { db, passwords, passwordRules, limits } = services
  const owner = await db.maybeOne(queries.findLiveRecoveryCode(named))
  if (!owner) throw await refuseCode(services, named, newPassword, caller)
  checkNewPassword(newPassword, owner.email, passwordRules)
  const passwordHash = await passwords.hash(newPassword.password, caller)
  let email: string
  try {
    email = await db.transaction((transaction) => setByCode(transaction, named, passwordHash, client))
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'code_invalid')) throw error
    throw await refuseCode(services, named, newPassword, caller)
  }
  await resetAttempts(limits, normalizeEmail(email), client)
}

/**
 * Sets the password and consumes the code, within the caller's transaction.
 * @returns the email address of the account
 * @throws Problem code_invalid
 */
async function setByCode(
  transaction: Queryable,
  named: Code,
  passwordHash: Uint8Array,
  client: Client,
): Promise<string> {
  const { userId } = named
  // Without this lock, two transactions with different codes could deadlock, because each voids the code of the
  // other.
  await transaction.one(queries.lockCodes({ userId }))
  const user =
    (await restore(transaction, userId, passwordHash)) ??
    (await createByRecovery(transaction, userId, passwordHash)) ??
    // The account was activated while this transaction waited for the email address.
    (await restore(transaction, userId, passwordHash))
  if (!user) throw invalid()
  // The code is consumed after the email address is claimed. An activation does the same, so that neither transaction
  // holds a code while it waits for the other.
  if (!(await transaction.maybeOne(queries.consumeCode({ ...named, purpose: 'restore' })))) throw invalid()
  await transaction.query(queries.voidCodes({ userId }))
  await forgetDevicesExcept(transaction, userId, client)
  await rememberDevice(transaction, userId, client)
  await recordEvent(transaction, 'password_restored', { userId, client })
  return user.email
}

async function restore(
  transaction: Queryable,
  userId: string,
  passwordHash: Uint8Array,
): Promise<{ email: string } | undefined> {
  const user = await transaction.maybeOne(queries.setPassword({ userId, passwordHash }))
  if (!user) return undefined
  await endAllSessions(transaction, { userId, keptId: null, endedBy: 'password_restored' })
  await transaction.query(queries.markChangesRecovered({ userId }))
  await enqueue(transaction, 'password_changed', user.email, userId)
  return user
}

/**
 * Creates the Problem for a code that is not valid. The request is a repetition if the code was used a moment ago and
 * the password is the current one. In this case the user has sent the form twice, and an error would mislead the
 * user.
 */
async function refuseCode(
  { db, passwords }: RecoveryServices,
  named: Code,
  newPassword: NewPassword,
  caller: Caller,
): Promise<Problem> {
  if (newPassword.password.normalize('NFKC') !== newPassword.password_confirm.normalize('NFKC')) return invalid()
  const used = await db.maybeOne(queries.consumeRepetition({ ...named, ...repetition }))
  if (!used?.password_hash) return invalid()
  const { matches } = await passwords.verify(newPassword.password, used.password_hash, caller)
  return invalid(matches)
}

function invalid(isRepetition = false): Problem {
  return new Problem('code_invalid', { isRepetition, cause: 'unknown, used, expired, or its user is not active' })
}
