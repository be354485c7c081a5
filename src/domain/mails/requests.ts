import type { RateLimit } from '../../problems.ts'
import type { Client } from '../client.ts'
import type { LimitServices } from '../limits/limits.ts'
import { siteOf } from '../networks.ts'
import { enqueue } from './outbox.ts'

/**
 * Queues a mail for which a client only names an address: one statement for any address. The worker decides what there is
 * to send (security 15). Both kinds are limited by network, together (security 102).
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
