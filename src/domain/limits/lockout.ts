import { findKnownNetwork, findUserIdByAddress } from '../../../generated/queries.ts'
import type { RateLimit } from '../../problems.ts'
import type { Client } from '../client.ts'
import { recordEvent } from '../events/securityEvents.ts'
import type { Limits, LimitServices } from './limits.ts'
import { scopesOf, type NetworkCounterState, type Scope, type Subject } from './networkCounter.ts'
import { ConsumedPoints, refundOnError } from './points.ts'

/**
 * The result of a password check: a value if the password is right, otherwise the cause, which is logged but never
 * sent.
 */
export type PasswordCheck<Value> = { ok: true; value: Value } | { ok: false; cause?: string }

/** The result of a password check, and the state of the limit against which the attempt was counted. */
export type CheckedAttempt<Value> = PasswordCheck<Value> & { rateLimit: RateLimit | undefined }

/**
 * Checks a password within the limits of attempts (security 17, 54, 56, 60). An attempt is counted before the
 * password is checked, so that parallel attempts cannot exceed a limit. The attempt is refunded when the password is
 * right or could not be checked. When a wrong password uses up a limit, the account is locked in the client's
 * network. Attempts at an email address without an account are counted and locked in the same way.
 * @throws Problem throttled, and every error of `check`
 */
export async function withAttemptLimit<Value>(
  services: LimitServices,
  address: string,
  client: Client,
  check: () => Promise<PasswordCheck<Value>>,
): Promise<CheckedAttempt<Value>> {
  const { signIn } = services.limits
  const points = new ConsumedPoints()
  const { attempts, checked } = await refundOnError(
    () => points.refund(),
    async () => {
      const attempts = await consumeAttempt(services, points, address, client)
      return { attempts, checked: await check() }
    },
  )
  if (checked.ok) {
    await Promise.all([points.refund({ except: signIn }), signIn.reset(subjectOf(address, client))])
    return { ...checked, rateLimit: signIn.unused }
  }
  if (attempts.exhausted.length > 0) await lockAccount(services, address, client, attempts.exhausted)
  return { ...checked, rateLimit: attempts.rateLimit }
}

/**
 * Limits the successful sign-ins to an account from one network. A sign-in is counted before the password is checked,
 * and refunded when the check fails. Beyond the limit a right password and a wrong one get the same 429, so that the
 * reply does not reveal whether the password is right.
 * @throws Problem throttled, and every error of `check`
 */
export async function withSuccessLimit<Value>(
  { limits }: Pick<LimitServices, 'limits'>,
  address: string,
  client: Client,
  check: () => Promise<PasswordCheck<Value>>,
): Promise<PasswordCheck<Value>> {
  const subject = subjectOf(address, client)
  await limits.signInSuccess.consume(subject)
  const refund = () => limits.signInSuccess.refund(subject)
  const checked = await refundOnError(refund, check)
  if (!checked.ok) await refund()
  return checked
}

/**
 * Ends the lockout of an account in the client's network. The client has proved that it can read the account's mail.
 */
export async function resetAttempts(limits: Limits, address: string, client: Client): Promise<void> {
  const subject = subjectOf(address, client)
  await Promise.all([limits.signIn.reset(subject), ...scopesOf(subject).map(({ key }) => limits.lockouts.reset(key))])
}

/**
 * Counts an attempt against three limits: of the network for any account, of the network for this account, and of
 * this account from anywhere. The third limit does not apply to networks from which the owner has signed in before,
 * so that attackers elsewhere cannot lock the owner out (security 55).
 * @returns the state of the counter that locks the account
 * @throws Problem throttled
 */
async function consumeAttempt(
  { db, limits }: LimitServices,
  points: ConsumedPoints,
  address: string,
  client: Client,
): Promise<NetworkCounterState> {
  await points.consume(limits.signInNetwork, client)
  const attempts = await points.consume(limits.signIn, subjectOf(address, client))
  try {
    await points.consume(limits.signInAccount, address)
  } catch (error) {
    if (!(await db.maybeOne(findKnownNetwork({ address, ipAddress: client.ipAddress })))) throw error
  }
  return attempts
}

/** Locks an account in a client's network. Each lockout within a day lasts twice as long as the one before. */
async function lockAccount(
  { db, limits }: LimitServices,
  address: string,
  client: Client,
  scopes: readonly Scope[],
): Promise<void> {
  for (const scope of scopes) {
    const { used } = await limits.lockouts.consume(scope.key)
    await limits.signIn.block(scope, limits.lockoutSeconds(used))
  }
  const owner = await db.maybeOne(findUserIdByAddress({ address }))
  await recordEvent(db, 'account_locked', { userId: owner?.user_id, client })
}

function subjectOf(account: string, { ipAddress }: Client): Subject {
  return { account, ipAddress }
}
