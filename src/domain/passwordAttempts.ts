import { findKnownNetwork, findUserIdByAddress } from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import { Problem } from '../problems.ts'
import type { Asker, Client } from './client.ts'
import { networkOf, type Limits } from './limits.ts'
import { recordEvent } from './securityEvents.ts'

type Services = { db: Database; limits: Limits }

/**
 * Checks a password as one of a limited number. It is counted before, so that of many at once no more are checked than are
 * allowed; a right one is taken back, and so is one that could not be checked (security 17, 54, 56, 60). The address
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
  const network = networkOf(asker.client.ipAddress)
  const place = `${address} ${network}`
  await signInNetwork.count(network)
  const standing = await signIn.count(place)
  await countForAccount(services, address, asker.client)
  const takeBack = () => [signInNetwork.uncount(network), signInAccount.uncount(address)]
  try {
    const result = await check()
    await Promise.all([signIn.forget(place), ...takeBack()])
    asker.tell(signIn.untouched)
    return result
  } catch (error) {
    if (!isWrongPassword(error)) await Promise.all([signIn.uncount(place), ...takeBack()])
    else {
      Object.assign(error.headers, standing.headers)
      if (standing.remaining === 0) await lock(services, address, asker.client)
    }
    throw error
  }
}

/** Whoever has proved to have the account's mail may sign in from this network at once. */
export async function forgiveAttempts(limits: Limits, address: string, client: Client): Promise<void> {
  const place = `${address} ${networkOf(client.ipAddress)}`
  await Promise.all([limits.signIn.forget(place), limits.lockOuts.forget(place)])
}

/** Attackers everywhere must not lock the owner out of a network that they signed in from before (security 55). */
async function countForAccount({ db, limits }: Services, address: string, { ipAddress }: Client): Promise<void> {
  try {
    await limits.signInAccount.count(address)
  } catch (error) {
    if (!(await db.maybeOne(findKnownNetwork({ address, ipAddress })))) throw error
  }
}

async function lock({ db, limits }: Services, address: string, client: Client): Promise<void> {
  const place = `${address} ${networkOf(client.ipAddress)}`
  const { used } = await limits.lockOuts.count(place)
  await limits.signIn.block(place, limits.lockOutOf(used))
  const owner = await db.maybeOne(findUserIdByAddress({ address }))
  await recordEvent(db, 'account_locked', { userId: owner?.user_id, client })
}

function isWrongPassword(error: unknown): error is Problem {
  return error instanceof Problem && ['no_active_account', 'current_password_incorrect'].includes(error.code)
}
