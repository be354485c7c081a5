import { Scrypt } from '../../../../src/domain/passwords/scrypt.ts'
import { password, TestService, type Answer } from '../../../support/service.ts'
import { addUser } from '../../../support/users.ts'

/** A service whose limits are on, to which any client address can be claimed. */
export function startLimited(settings: Record<string, string> = {}): Promise<TestService> {
  return TestService.start({ RATE_LIMITS: 'on', TRUSTED_PROXIES: 'loopback', ...settings })
}

export const from = (ipAddress: string) => ({ 'X-Forwarded-For': ipAddress })

export type Attempt = { email: string; ip: string; given?: string }

export function attempt(service: TestService, { email, ip, given = 'a wrong password' }: Attempt): Promise<Answer> {
  return service.call('createToken', { body: { email, password: given }, headers: from(ip) })
}

/** So many wrong passwords, one after the other. @returns the statuses */
export async function fail(service: TestService, times: number, { email, ip }: Attempt): Promise<number[]> {
  const statuses: number[] = []
  for (let time = 0; time < times; time++) statuses.push((await attempt(service, { email, ip })).status)
  return statuses
}

// Of an earlier time, with fewer rounds: quickly refused, and renewed by the first sign-in.
const passwordHash = await Scrypt.kdf(password, { logN: 10, r: 8, p: 1 })

/** A user who can sign in by `password`, and a session of theirs. */
export const addOwner = (service: TestService) => addUser(service, { passwordHash })

/** Lets the time of every counter pass. */
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
