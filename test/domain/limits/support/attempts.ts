import { TestService, type Answer, type StartOptions } from '../../../support/service.ts'

/** Starts a service with limits, which takes the client’s address from X-Forwarded-For. */
export function startLimited(settings: Record<string, string> = {}, options?: StartOptions): Promise<TestService> {
  return TestService.start({ RATE_LIMITS: 'on', TRUSTED_PROXIES: 'loopback', ...settings }, options)
}

export const from = (ipAddress: string) => ({ 'X-Forwarded-For': ipAddress })

export type Attempt = { email: string; ip: string; given?: string }

export function attempt(service: TestService, { email, ip, given = 'a wrong password' }: Attempt): Promise<Answer> {
  return service.call('createToken', { body: { email, password: given }, headers: from(ip) })
}

/** Attempts `times` sign-ins with a wrong password, one after the other. @returns the statuses */
export async function fail(service: TestService, times: number, { email, ip }: Attempt): Promise<number[]> {
  const statuses: number[] = []
  for (let time = 0; time < times; time++) statuses.push((await attempt(service, { email, ip })).status)
  return statuses
}

/** Makes every counter expire `seconds` earlier, as if that time had passed. */
export async function passTime(service: TestService, seconds: number): Promise<void> {
  await service.sql('update rate_limits set expire = expire - $1::bigint * 1000', [seconds])
}

export async function countEvents(service: TestService, type: string): Promise<number> {
  const [row] = await service.sql<{ count: number }>(
    'select count(*)::integer as count from security_events where type = $1',
    [type],
  )
  return row?.count ?? 0
}

export async function keysOf(service: TestService): Promise<string[]> {
  return (await service.sql<{ key: string }>('select key from rate_limits order by key')).map(({ key }) => key)
}
