import { countNewDeviceMails, deleteOtherDevices, saveDevice } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import type { Client } from '../client.ts'
import type { Limit } from '../limits/counter.ts'
import { enqueue } from '../mails/outbox.ts'
import { recordEvent } from '../events/securityEvents.ts'

/**
 * Records the device of a sign-in, within the transaction of the sign-in. `saveDevice` in sql/queries/devices.sql
 * decides what is a new device: an unknown pair of device name and network (the /24 of IPv4, the /64 of IPv6), unless
 * it is the first pair of the account. A new device causes a security event and a mail. The caller holds the lock of
 * the user's row, so that only one of two simultaneous sign-ins from a new device finds the device new.
 * @param limit the limit of mails about new devices. Beyond this limit, the next new device causes one summary, and
 * later new devices cause only events (security 90)
 */
export async function recordDevice(
  transaction: Queryable,
  limit: Limit | undefined,
  { user, sessionId }: { user: { id: string; email: string }; sessionId: string },
  client: Client,
): Promise<void> {
  const userId = user.id
  if (!(await rememberDevice(transaction, userId, client))) return
  await recordEvent(transaction, 'new_device', { userId, client })
  const sent = limit && (await transaction.one(countNewDeviceMails({ userId, window: limit.window })))
  if (!sent || sent.mails < limit.count) await enqueue(transaction, 'new_device', user.email, userId, sessionId)
  else if (sent.summaries === 0) await enqueue(transaction, 'new_devices', user.email, userId)
}

/**
 * Forgets all devices of a user except the device of this client. An attacker may have used the other devices. A
 * sign-in from a known device causes no notice and is exempt from the account's limit (security 109).
 */
export async function forgetDevicesExcept(transaction: Queryable, userId: string, client: Client): Promise<void> {
  const { ipAddress, userAgent } = client
  await transaction.query(deleteOtherDevices({ userId, ipAddress, device: nameDevice(userAgent) }))
}

/** Records the client's device. @returns whether the device is new and not the first device of the account */
export async function rememberDevice(transaction: Queryable, userId: string, client: Client): Promise<boolean> {
  const { ipAddress, userAgent } = client
  return (await transaction.one(saveDevice({ userId, ipAddress, device: nameDevice(userAgent) }))).is_new
}

/**
 * Names a device by its User-Agent without version numbers, which change with every update: "Mozilla (X11; Linux
 * x86_64; rv) Gecko Firefox".
 */
export function nameDevice(userAgent: string): string {
  return userAgent
    .replace(/\/[^\s;,()[\]/]*\d[^\s;,()[\]]*/g, '') // Firefox/145.0, Build/UQ1A.240105
    .replace(/[ :]v?\d+(?:[._]\d+)+/g, '') // rv:145.0, OS X 10_15_7
    .replace(/\b(Android|OS|OS X|NT) \d+\b/g, '$1')
    .replace(/\s+/g, ' ')
    .trim()
}
