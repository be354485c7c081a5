import { findKnownNetwork, findUserIdByAddress } from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import { Problem } from '../problems.ts'
import type { Asker, Client } from './client.ts'
import type { Counter, Standing } from './counter.ts'
import { networkOf, type Limits } from './limits.ts'
import { recordEvent } from './securityEvents.ts'

type Services = { db: Database; limits: Limits }

/**
 * Checks a password as one of a limited number. It is counted before, so that of many at once no more are checked than are
 * allowed; a right one is taken back, and so is one that was not checked (security 17, 54, 56, 60). The address
 * need not be anybody's: it is counted and locked like others.
 * @param check throws no_active_account or current_password_incorrect where the password is wrong
 * @throws Problem throttled, and whatever `check` throws
 */
export async function countAttempt<Result>(
  services: Services,
  address: string,
  asker: Asker,
  check: () => Promise<Result>,
): Promise<Result> {
  const { signIn, signInNetwork, signInAccount } = services.limits
  const { client } = asker
  const place = placeOf(address, client)
  const counted: [Counter, about: string][] = []
  const count = async (counter: Counter, about: string) => {
    const standing = await counter.count(about)
    counted.push([counter, about])
    return standing
  }
  const takeBack = (but?: Counter) =>
    Promise.all(counted.filter(([counter]) => counter !== but).map(([counter, about]) => counter.uncount(about)))
  let standing: Standing | undefined
  try {
    await count(signInNetwork, networkOf(client.ipAddress))
    standing = await count(signIn, place)
    await unlessKnown(services.db, address, client, () => count(signInAccount, address))
    const result = await check()
    await Promise.all([takeBack(signIn), signIn.forget(place)])
    asker.tell(signIn.untouched)
    return result
  } catch (error) {
    if (!isWrongPassword(error)) await takeBack()
    else {
      Object.assign(error.headers, standing?.headers)
      if (standing?.remaining === 0) await lock(services, address, client)
    }
    throw error
  }
}

/**
 * Counts a sign-in of an account from one network, if it succeeds. It is counted before the password is checked and
 * refunded when that fails: beyond the limit a right password and a wrong one get the same 429, which reveals nothing.
 * @throws Problem throttled, and whatever `check` throws
 */
export async function countSuccess<Result>(
  { limits }: Pick<Services, 'limits'>,
  address: string,
  client: Client,
  check: () => Promise<Result>,
): Promise<Result> {
  const location = placeOf(address, client)
  await limits.signInSuccess.count(location)
  try {
    return await check()
  } catch (error) {
    await limits.signInSuccess.uncount(location)
    throw error
  }
}

/** Whoever has proved to have the account's mail is not locked out of it in this network any more. */
export async function forgiveAttempts(limits: Limits, address: string, client: Client): Promise<void> {
  const place = placeOf(address, client)
  await Promise.all([limits.signIn.forget(place), limits.lockOuts.forget(place)])
}

/** Attackers everywhere must not lock the owner out of a network that they signed in from before (security 55). */
async function unlessKnown(
  db: Database,
  address: string,
  { ipAddress }: Client,
  count: () => Promise<unknown>,
): Promise<void> {
  try {
    await count()
  } catch (error) {
    if (!(await db.maybeOne(findKnownNetwork({ address, ipAddress })))) throw error
  }
}

async function lock({ db, limits }: Services, address: string, client: Client): Promise<void> {
  const place = placeOf(address, client)
  const { used } = await limits.lockOuts.count(place)
  await limits.signIn.block(place, limits.lockOutOf(used))
  const owner = await db.maybeOne(findUserIdByAddress({ address }))
  await recordEvent(db, 'account_locked', { userId: owner?.user_id, client })
}

function placeOf(address: string, { ipAddress }: Client): string {
  return `${address} ${networkOf(ipAddress)}`
}

function isWrongPassword(error: unknown): error is Problem {
  return error instanceof Problem && ['no_active_account', 'current_password_incorrect'].includes(error.code)
}
