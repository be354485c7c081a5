import { findShortestRetention } from '../../generated/queries.ts'
import type { Config } from '../config/config.ts'
import type { Database } from '../db/database.ts'
import type { Log } from './log.ts'

const secondsOfDay = 86_400

/**
 * Warns at start when LOGIN_LOG_RETENTION is shorter than `shortest_retention`, because the records are then kept for
 * the longer time (security 99). Only the owner of the tables can change `shortest_retention`.
 */
export async function warnOfShortRetention(
  db: Database,
  { loginLogRetention }: Pick<Config, 'loginLogRetention'>,
  log: Log,
): Promise<void> {
  const shortest = await db.maybeOne(findShortestRetention())
  if (!shortest || loginLogRetention >= shortest.seconds) return
  const days = Math.ceil(shortest.seconds / secondsOfDay)
  log.warn(
    { setting: 'LOGIN_LOG_RETENTION' },
    `The login log and the security events are kept for ${days} days, which is longer than LOGIN_LOG_RETENTION: set it to ${days}d or more, or let the owner of the tables change shortest_retention.`,
  )
}
