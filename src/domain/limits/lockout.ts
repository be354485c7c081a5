import { findKnownNetwork, findUserIdByAddress } from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { Caller, Client } from '../client.ts'
import type { CounterState } from './counter.ts'
import type { Limits } from './limits.ts'
import { scopesOf, type NetworkCounterState, type Scope, type Subject } from './networkCounter.ts'
import { recordEvent } from '../events/securityEvents.ts'

type Services = { db: Database; limits: Limits }
type Consumable<Key, State> = { consume(key: Key): Promise<State>; refund(key: Key): Promise<void> }

/**
 * Checks a password as one of a limited number. It is counted before, so that of many at once no more are checked than are
 * allowed; a right one is taken back, and so is one that was not checked (security 17, 54, 56, 60). The address
 * need not be anybody's: it is counted and locked like others.
 * @param check throws no_active_account or current_password_incorrect where the password is wrong
 * @throws Problem throttled, and whatever `check` throws
 */
export async function withAttemptLimit<Result>(
  services: Services,
  address: string,
  asker: Caller,
  check: () => Promise<Result>,
): Promise<Result> {
  const { signIn, signInNetwork, signInAccount } = services.limits
  const { client } = asker
  const subject = subjectOf(address, client)
  const consumed = new Map<object, () => Promise<void>>()
  const consume = async <Key, State extends CounterState>(counter: Consumable<Key, State>, key: Key) => {
    const state = await counter.consume(key)
    consumed.set(counter, () => counter.refund(key))
    return state
  }
  const refund = (except?: object) =>
    Promise.all([...consumed].filter(([counter]) => counter !== except).map(([, refundOne]) => refundOne()))
  let state: NetworkCounterState | undefined
  try {
    await consume(signInNetwork, client)
    state = await consume(signIn, subject)
    await exceptFromKnownNetwork(services.db, address, client, () => consume(signInAccount, address))
    const result = await check()
    await Promise.all([refund(signIn), signIn.reset(subject)])
    asker.tell(signIn.unusedHeaders)
    return result
  } catch (error) {
    if (!isWrongPassword(error)) await refund()
    else {
      Object.assign(error.headers, state?.headers)
      if (state && state.exhausted.length > 0) await lock(services, address, client, state.exhausted)
    }
    throw error
  }
}

/**
 * Counts a sign-in of an account from one network, if it succeeds. It is counted before the password is checked and
 * refunded when that fails: beyond the limit a right password and a wrong one get the same 429, which reveals nothing.
 * @throws Problem throttled, and whatever `check` throws
 */
export async function withSuccessLimit<Result>(
  { limits }: Pick<Services, 'limits'>,
  address: string,
  client: Client,
  check: () => Promise<Result>,
): Promise<Result> {
  const subject = subjectOf(address, client)
  await limits.signInSuccess.consume(subject)
  try {
    return await check()
  } catch (error) {
    await limits.signInSuccess.refund(subject)
    throw error
  }
}

/** Whoever has proved to have the account's mail is not locked out of it in this network any more. */
export async function resetAttempts(limits: Limits, address: string, client: Client): Promise<void> {
  const subject = subjectOf(address, client)
  await Promise.all([limits.signIn.reset(subject), ...scopesOf(subject).map(({ key }) => limits.lockOuts.reset(key))])
}

/** Attackers everywhere must not lock the owner out of a network that they signed in from before (security 55). */
async function exceptFromKnownNetwork(
  db: Database,
  address: string,
  { ipAddress }: Client,
  consume: () => Promise<unknown>,
): Promise<void> {
  try {
    await consume()
  } catch (error) {
    if (!(await db.maybeOne(findKnownNetwork({ address, ipAddress })))) throw error
  }
}

async function lock({ db, limits }: Services, address: string, client: Client, scopes: Scope[]): Promise<void> {
  for (const scope of scopes) {
    const { used } = await limits.lockOuts.consume(scope.key)
    await limits.signIn.block(scope, limits.lockOutOf(used))
  }
  const owner = await db.maybeOne(findUserIdByAddress({ address }))
  await recordEvent(db, 'account_locked', { userId: owner?.user_id, client })
}

function subjectOf(account: string, { ipAddress }: Client): Subject {
  return { account, ipAddress }
}

function isWrongPassword(error: unknown): error is Problem {
  return error instanceof Problem && ['no_active_account', 'current_password_incorrect'].includes(error.code)
}
