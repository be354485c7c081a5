import type { RateLimit } from '../../problems.ts'
import type { Client } from '../client.ts'
import type { LimitServices } from '../limits/limits.ts'
import { siteOf } from '../networks.ts'
import { enqueue } from './outbox.ts'

/**
 * Queues a mail to an email address that an anonymous client names. The request runs the same statement for any email
 * address, and the worker decides what to send (security 15). Recovery and activation mails count towards one limit
 * by network (security 102).
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
