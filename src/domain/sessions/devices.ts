import { countNewDeviceMails, deleteOtherDevices, saveDevice } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import type { Client } from '../client.ts'
import type { Limit } from '../limits/counter.ts'
import { enqueue } from '../mails/outbox.ts'
import { recordEvent } from '../events/securityEvents.ts'

/**
 * Remembers from where a user signs in, in the transaction of the sign-in. What is new, a device or its network (the /24
 * of IPv4, the /64 of IPv6), becomes an event and a mail to the owner, once; not so the first that an account has.
 * To be called when the user's row is locked: of two sign-ins at once from one new device the second finds it known.
 * @param limit of those mails; beyond it one mail sums up, and the rest are events only (security 90)
 */
export async function recordDevice(
  transaction: Queryable,
  user: { id: string; email: string },
  client: Client,
  sessionId: string,
  limit: Limit | undefined,
): Promise<void> {
  const userId = user.id
  if (!(await rememberDevice(transaction, userId, client))) return
  await recordEvent(transaction, 'new_device', { userId, client })
  const sent = limit && (await transaction.one(countNewDeviceMails({ userId, window: limit.window })))
  if (!sent || sent.mails < limit.count) await enqueue(transaction, 'new_device', user.email, userId, sessionId)
  else if (sent.summaries === 0) await enqueue(transaction, 'new_devices', user.email, userId)
}

/**
 * Forgets the devices of a user but the one of this client: an attacker may have made the others known, and would neither
 * cause a notice nor meet the limit of the account (security 109).
 */
export async function forgetDevices(transaction: Queryable, userId: string, client: Client): Promise<void> {
  const { ipAddress, userAgent } = client
  await transaction.query(deleteOtherDevices({ userId, ipAddress, device: nameDevice(userAgent) }))
}

/** @returns whether the device is new, and not the account's first */
export async function rememberDevice(transaction: Queryable, userId: string, client: Client): Promise<boolean> {
  const { ipAddress, userAgent } = client
  return (await transaction.one(saveDevice({ userId, ipAddress, device: nameDevice(userAgent) }))).is_new
}

/** A User-Agent without its version numbers, which change with every update: "Mozilla (X11; Linux x86_64; rv) Gecko Firefox". */
export function nameDevice(userAgent: string): string {
  return userAgent
    .replace(/\/[^\s;,()[\]/]*\d[^\s;,()[\]]*/g, '') // Firefox/145.0, Build/UQ1A.240105
    .replace(/[ :]v?\d+(?:[._]\d+)+/g, '') // rv:145.0, OS X 10_15_7
    .replace(/\b(Android|OS|OS X|NT) \d+\b/g, '$1')
    .replace(/\s+/g, ' ')
    .trim()
}
