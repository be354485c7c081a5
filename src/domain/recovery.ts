import { consumeCode, findLiveCodeOwner, lockCodes, setPassword, voidCodes } from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import { Problem } from '../problems.ts'
import { normalise } from './addresses.ts'
import type { Asker } from './client.ts'
import { rememberDevice } from './devices.ts'
import type { Limits } from './limits.ts'
import { forgiveAttempts } from './passwordAttempts.ts'
import { readCode } from './codes.ts'
import { enqueue } from './mails.ts'
import { checkNewPassword, type PasswordRules } from './newPasswords.ts'
import type { Passwords } from './passwords.ts'
import { recordEvent } from './securityEvents.ts'
import { endAllSessions } from './sessions.ts'

/**
 * Sets a new password by a mailed code, ends every session and tells the owner (security 20, 22, 28, 39). It signs nobody
 * in, but their network is known from now on, and a lock-out of the account in it is over (security 55).
 * Whose password it is only the code tells, so that a dead code is told before anything else.
 * @throws Problem code_invalid, invalid
 */
export async function restorePassword(
  services: { db: Database; passwords: Passwords; passwordRules: PasswordRules; limits: Limits },
  code: string,
  given: { password: string; password_confirm: string },
  asker: Asker,
): Promise<void> {
  const { client } = asker
  const { userId, hash } = readCode(code)
  const named = { userId, hash, purpose: 'restore' }
  const { db, passwords, passwordRules, limits } = services
  const owner = await db.maybeOne(findLiveCodeOwner(named))
  if (!owner) throw invalid()
  checkNewPassword(given, owner.email, passwordRules)
  const passwordHash = await passwords.hash(given.password, asker)
  const email = await db.transaction(async (transaction) => {
    await transaction.one(lockCodes({ userId })) // two codes at once would wait for each other: each voids the other
    if (!(await transaction.maybeOne(consumeCode(named)))) throw invalid()
    const user = await transaction.maybeOne(setPassword({ userId, passwordHash }))
    if (!user) throw invalid()
    await transaction.query(voidCodes({ userId }))
    await endAllSessions(transaction, { userId, keptId: null, endedBy: 'password_restored' })
    await enqueue(transaction, 'password_changed', user.email, userId)
    await rememberDevice(transaction, userId, client)
    await recordEvent(transaction, 'password_restored', { userId, client })
    return user.email
  })
  await forgiveAttempts(limits, normalise(email), client)
}

function invalid(): Problem {
  return new Problem('code_invalid', { cause: 'unknown, used, expired, or its user is not active' })
}
