import { countEarlierMails, deferMail, endMail, lockRecipient, wakeNextMail } from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'

/**
 * If earlier emails to the same address go first, queues the email's job again with a delay of one second for each of
 * them. Usually the mail before it makes it due sooner.
 * @returns whether the mail has to wait
 */
export async function deferToEarlierMails(db: Database, id: string): Promise<boolean> {
  const earlier = await db.maybeOne(countEarlierMails({ id }))
  if (!earlier || earlier.mails === 0) return false
  return db.transaction(async (transaction) => {
    // Without this lock, the earlier mail could end between the count and the commit, and would not wake this one.
    await transaction.one(lockRecipient({ address: earlier.address }))
    const still = await transaction.maybeOne(countEarlierMails({ id }))
    if (!still || still.mails === 0) return false
    await transaction.query(deferMail({ id, seconds: still.mails, priority: still.priority }))
    return true
  })
}

/** Ends a mail that was sent, dropped or refused, and makes the next mail to the same email address due. */
export async function endAndWakeNext(db: Database, id: string): Promise<void> {
  const waiting = await db.maybeOne(endMail({ id }))
  if (!waiting) return
  await db.transaction(async (transaction) => {
    await transaction.one(lockRecipient(waiting))
    await transaction.query(wakeNextMail(waiting))
  })
}
