import type { RateLimit } from '../../problems.ts'
import type { Client } from '../client.ts'
import type { LimitServices } from '../limits/limits.ts'
import { siteOf } from '../networks.ts'
import { enqueue } from './outbox.ts'

/**
 * Queues a mail to an address that an anonymous client names, by one statement for any address. The worker decides
 * what to send (security 15). Both kinds count towards one limit by network (security 102).
 * @throws Problem throttled
 */
export async function requestMail(
  { db, limits }: LimitServices,
  kind: 'restore' | 'activation',
  address: string,
  client: Client,
): Promise<RateLimit | undefined> {
  const { rateLimit } = await limits.recovery.consumeUnlessFailed(client, () =>
    enqueue(db, kind, address, null, null, siteOf(client.ipAddress)),
  )
  return rateLimit
}
