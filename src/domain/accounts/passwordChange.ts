import { changePassword as setIfUnchanged, lockCodes, voidCodes } from '../../../generated/queries.ts'
import { Problem, type RateLimit } from '../../problems.ts'
import type { Caller } from '../client.ts'
import { recordEvent } from '../events/securityEvents.ts'
import { enqueue } from '../mails/outbox.ts'
import { endAllSessions } from '../sessions/sessions.ts'
import { requireCurrentPassword, type ReauthenticationServices } from './reauthentication.ts'

/**
 * Sets a new password, given the current password. The function ends all other sessions of the user, voids mailed
 * codes and notifies the owner by mail (security 11, 22, 28, 39). Of several changes at the same time only one
 * succeeds, because the other changes were authorized with a password that is no longer current. The changes are
 * limited by account, because each change mails a notice (security 90).
 * @throws Problem current_password_incorrect, throttled
 */
export async function changePassword(
  services: ReauthenticationServices,
  { current, password }: { current: string; password: string },
  { user, sessionId }: { user: { id: string; email: string }; sessionId: string },
  caller: Caller,
): Promise<RateLimit | undefined> {
  const userId = user.id
  const { verifiedHash } = await requireCurrentPassword(services, current, user, caller)
  const { rateLimit } = await services.limits.passwordChange.consumeUnlessFailed(userId, async () => {
    const passwordHash = await services.passwords.hash(password, caller)
    await services.db.transaction(async (transaction) => {
      await transaction.one(lockCodes({ userId })) // codes are locked before the user (sql/README.md)
      const changed = await transaction.maybeOne(setIfUnchanged({ userId, sessionId, verifiedHash, passwordHash }))
      if (!changed) throw new Problem('current_password_incorrect', { cause: 'changed or suspended in the meantime' })
      await transaction.query(voidCodes({ userId }))
      // The sessions end after the password is updated. By then a parallel sign-in with the former password either
      // has opened its session, which ends here, or is refused.
      await endAllSessions(transaction, { userId, keptId: sessionId, endedBy: 'password_changed' })
      await enqueue(transaction, 'password_changed', changed.email, userId)
      await recordEvent(transaction, 'password_changed', { userId, client: caller.client })
    })
  })
  return rateLimit
}
