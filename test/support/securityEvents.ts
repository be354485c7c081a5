import type { TestService } from './service.ts'

export type EventRow = { type: string; actor_id: string | null; ip_address: string | null; user_agent: string | null }

/** Returns the security events of a user, the oldest first. */
export function eventsOf(service: TestService, userId: string): Promise<EventRow[]> {
  return service.sql<EventRow>(
    `select type, actor_id, host(ip_address) as ip_address, user_agent from security_events where user_id = $1 order by timestamp, id`,
    [userId],
  )
}

/** Returns the types of the security events of a user, the oldest first. */
export async function eventTypesOf(service: TestService, userId: string): Promise<string[]> {
  return (await eventsOf(service, userId)).map(({ type }) => type)
}
