import type { Credentials } from '../temporaryService.ts'
import { testAccounts } from './accounts.ts'
import { testAnonymously } from './anonymous.ts'
import { createCall, Stopped, type Target } from './call.ts'
import { readDeployedContract, type DeployedContract } from './deployedContract.ts'
import { testEveryOperation } from './everyOperation.ts'
import type { Result } from './results.ts'
import { signIn, testSigningOut } from './tokens.ts'
import { testAsUser } from './user.ts'

export type Deployment = Target & {
  account: Credentials
  /** The file of the contract. Undefined for the contract that the deployment serves. */
  contractFile: string | undefined
  /** Whether to create, change and delete accounts. The account must be a superuser. */
  writes: boolean
}
/** `results` has the results of all calls, and `written` only those of the calls that need --write. */
export type Outcome = { contract: DeployedContract; results: Result[]; written: Result[]; isSignedIn: boolean }

/**
 * Tests a deployment against its contract.
 * @throws StartError if the tests cannot run
 */
export async function testDeployment(deployment: Deployment): Promise<Outcome> {
  const { url, account, contractFile, writes } = deployment
  const contract = await readDeployedContract(url, contractFile)
  const outcome: Outcome = { contract, results: [], written: [], isSignedIn: false }
  const { results } = outcome
  const call = createCall(deployment, contract, results)
  let writesFrom = Infinity
  try {
    const tokens = await signIn(call, account)
    outcome.isSignedIn = tokens !== undefined
    await testAnonymously(call)
    await testEveryOperation(call, contract.operations, tokens?.access)
    if (tokens) {
      await testAsUser(call, account, tokens, url)
      await testSigningOut(call, tokens)
    }
    writesFrom = results.length
    if (writes) await testAccounts(call, account, url)
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
  }
  return { ...outcome, written: results.slice(writesFrom) }
}
