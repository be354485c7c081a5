import { changePassword as setIfUnchanged, lockCodes, voidCodes } from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { Caller } from '../client.ts'
import type { Limits } from '../limits/limits.ts'
import { enqueue } from '../mails/outbox.ts'
import type { PasswordHasher } from '../passwords/hasher.ts'
import { requireCurrentPassword } from './reauthentication.ts'
import { recordEvent } from '../events/securityEvents.ts'
import { endAllSessions } from '../sessions/sessions.ts'

/**
 * Sets a new password after asking for the current one; ends the sessions other than the kept one, voids mailed codes and
 * tells the owner (security 11, 22, 28, 39). Of several changes at once one wins: the others were allowed by a password
 * that is current no more. Each mails a notice, so that an account has so many an hour (security 90).
 * @throws Problem current_password_incorrect, throttled
 */
export async function changePassword(
  services: { db: Database; passwords: PasswordHasher; limits: Limits },
  { user, keptId, asker }: { user: { id: string; email: string }; keptId: string; asker: Caller },
  { current, password }: { current: string; password: string },
): Promise<void> {
  const userId = user.id
  const verifiedHash = await requireCurrentPassword(services, user, current, asker)
  const { headers } = await services.limits.passwordChange.consumeUnlessFailed(userId, async () => {
    const passwordHash = await services.passwords.hash(password, asker)
    await services.db.transaction(async (transaction) => {
      await transaction.one(lockCodes({ userId })) // as a recovery does first: each could wait for the other
      const changed = await transaction.maybeOne(
        setIfUnchanged({ userId, sessionId: keptId, verifiedHash, passwordHash }),
      )
      if (!changed) throw new Problem('current_password_incorrect', { cause: 'changed or suspended in the meantime' })
      await transaction.query(voidCodes({ userId }))
      // Only now: a sign-in by the former password has its session among these, or is refused.
      await endAllSessions(transaction, { userId, keptId, endedBy: 'password_changed' })
      await enqueue(transaction, 'password_changed', changed.email, userId)
      await recordEvent(transaction, 'password_changed', { userId, client: asker.client })
    })
  })
  asker.tell(headers)
}
