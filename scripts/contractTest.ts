import { writeFile } from 'node:fs/promises'
import { StartError } from '../src/problems.ts'
import { testAnonymously } from './contractTest/anonymous.ts'
import { createCall } from './contractTest/call.ts'
import { readDeployedContract } from './contractTest/deployedContract.ts'
import { testEveryOperation } from './contractTest/everyOperation.ts'
import { formatJunit, formatResults, isFailed, type Result } from './contractTest/results.ts'
import { signIn, testAsUser, testSigningOut } from './contractTest/user.ts'
import { runTool } from './tool.ts'

const help = `npm run contract:test -- --url URL --email ADDRESS --password PASSWORD

Tests a running deployment against its contract: how each operation answers good and bad requests. It signs in with the
account, changes nothing in it, and signs out. It registers no user and causes no mail.
  --url URL            the deployment, for example https://accounts.example.com
  --email ADDRESS      an active account, best one that exists only for these tests
  --password PASSWORD  its password; or in the environment as CONTRACT_TEST_PASSWORD
  --contract FILE      tests against this contract, for example openapi.yaml, instead of the deployment's own
  --allow-header NAME  a header that your proxy adds to replies; may be repeated
  --junit FILE         also writes the results as JUnit XML

Exit code: 0 if every reply is as the contract describes it, 1 if one differs or the tests could not run.`

const options = {
  url: { type: 'string' },
  email: { type: 'string', default: '' },
  password: { type: 'string', default: process.env['CONTRACT_TEST_PASSWORD'] ?? '' },
  contract: { type: 'string' },
  'allow-header': { type: 'string', multiple: true, default: [] as string[] },
  junit: { type: 'string' },
} as const

const omitted = `Not tested, because it needs a mail or changes the account: the success of registerUser, of operations with a
mailed code and of those that require the current password; for superusers, changes of users.`

await runTool(help, options, async ({ email, password, contract: file, junit, ...values }) => {
  const url = parseUrl(values.url)
  if (email === '' || password === '') throw new StartError('Give --email and --password. Try --help.')
  const contract = await readDeployedContract(url, file)
  const results: Result[] = []
  const call = createCall(url, contract, values['allow-header'], results)
  const tokens = await signIn(call, { email, password })
  await testAnonymously(call)
  await testEveryOperation(call, contract.operations, tokens?.access)
  if (tokens) {
    await testAsUser(call, tokens, url)
    await testSigningOut(call, tokens)
  }
  const failed = results.filter(isFailed).length
  const operationIds = contract.operations.map(({ operationId }) => operationId)
  console.log(formatResults(results, operationIds))
  console.log(`\n${omitted}\n${url} by ${contract.source}: ${results.length} calls, ${failed} differ.`)
  if (!tokens) console.log('The account got no tokens, so nothing was called as a user.')
  if (junit !== undefined) await writeFile(junit, formatJunit(results))
  if (failed > 0) process.exitCode = 1
})

function parseUrl(url = ''): string {
  if (!/^https?:\/\/\S+$/.test(url) || !URL.canParse(url))
    throw new StartError('Give --url, the base URL of the deployment: https://accounts.example.com, for example.')
  return url.replace(/\/+$/, '')
}
