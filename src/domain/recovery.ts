import {
  consumeCode,
  endSessionsExcept,
  findLiveCode,
  lockCodes,
  setPassword,
  voidCodes,
} from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import { Problem } from '../problems.ts'
import type { Client } from './client.ts'
import { rememberDevice } from './devices.ts'
import type { Limits } from './limits.ts'
import { forgiveAttempts } from './passwordAttempts.ts'
import { readAddress } from './addresses.ts'
import { readCode } from './codes.ts'
import { enqueue } from './mails.ts'
import type { Passwords } from './passwords.ts'
import { recordEvent } from './securityEvents.ts'

/**
 * Sets a new password by a mailed code, ends every session and tells the owner (security 20, 22, 28, 39). It signs nobody
 * in, but whoever did it is known here from now on and not locked out any more (security 55).
 * @throws Problem code_invalid
 */
export async function restorePassword(
  { db, passwords, limits }: { db: Database; passwords: Passwords; limits: Limits },
  code: string,
  password: string,
  client: Client,
): Promise<void> {
  const { userId, hash } = readCode(code)
  const named = { userId, hash, purpose: 'restore' }
  if (!(await db.maybeOne(findLiveCode(named)))) throw invalid() // no hashing for a code that is dead already
  const passwordHash = await passwords.hash(password)
  const email = await db.transaction(async (transaction) => {
    await transaction.one(lockCodes({ userId })) // two codes at once would wait for each other: each voids the other
    if (!(await transaction.maybeOne(consumeCode(named)))) throw invalid()
    const user = await transaction.maybeOne(setPassword({ userId, passwordHash }))
    if (!user) throw invalid()
    await transaction.query(voidCodes({ userId }))
    await transaction.one(endSessionsExcept({ userId, keptId: null, endedBy: 'password_restored' }))
    await enqueue(transaction, 'password_changed', user.email, userId)
    await rememberDevice(transaction, userId, client)
    await recordEvent(transaction, 'password_restored', { userId, client })
    return user.email
  })
  await forgiveAttempts(limits, readAddress(email)?.address ?? email, client)
}

function invalid(): Problem {
  return new Problem('code_invalid', { cause: 'unknown, used, expired, or its user is not active' })
}
