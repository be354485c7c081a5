import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { StartError } from '../src/problems.ts'
import { printError } from '../src/cli/printError.ts'
import { askAsUser, askForTheEnd, signIn, type Account } from './contractTest/account.ts'
import { readContract } from './contractTest/contract.ts'
import { askGenerally } from './contractTest/general.ts'
import { createProbe, type Result } from './contractTest/probe.ts'
import { askPublicly } from './contractTest/public.ts'
import { asJunit, describe } from './contractTest/report.ts'

const help = `npm run contract:test -- --url URL --email ADDRESS --password PASSWORD

Tests a running deployment against its contract: what each operation answers to good requests and to bad ones. It signs in
with the account, changes nothing of it, and signs out; it registers nobody and lets no mail be sent.
  --url URL            where the deployment is, https://accounts.example.com
  --email ADDRESS      an active account, best one that is there for this
  --password PASSWORD  its password; or in the environment as CONTRACT_TEST_PASSWORD
  --contract FILE      hold it to this contract, openapi.yaml for example, instead of the one that it serves
  --allow-header NAME  a header that your proxy adds to replies; may be repeated
  --junit FILE         writes the results as JUnit XML too

It ends with 0 when every reply is as described, with 1 when one is not, or when the tests could not run.`

const leftOut =
  'Left out, for they need a mail or change the account: what operations with a mailed code, registerUser and those that ask for the current password answer to success; for superusers, changes of users.'

try {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      email: { type: 'string' },
      password: { type: 'string', default: process.env['CONTRACT_TEST_PASSWORD'] ?? '' },
      contract: { type: 'string' },
      'allow-header': { type: 'string', multiple: true, default: [] },
      junit: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const { email = '', password, junit, contract, 'allow-header': allowedHeaders } = values
  if (values.help) console.log(help)
  else await run(baseOf(values.url), { email, password }, { junit, contract, allowedHeaders })
} catch (error) {
  printError(error)
  process.exitCode = 1
}

type Options = { junit: string | undefined; contract: string | undefined; allowedHeaders: string[] }

async function run(url: string, account: Account, options: Options): Promise<void> {
  if (account.email === '' || account.password === '') throw new StartError('Give --email and --password. Try --help.')
  const contract = await readContract(url, options.contract)
  const results: Result[] = []
  const tellResult = (result: Result) => results.push(result)
  const ask = createProbe(url, contract, { allowedHeaders: options.allowedHeaders, tell: tellResult })
  const tokens = await signIn(ask, account)
  await askPublicly(ask)
  await askGenerally(ask, contract, tokens?.access)
  if (tokens) await askAsUser(ask, tokens, url)
  if (tokens) await askForTheEnd(ask, tokens)
  const failed = results.filter(({ faults }) => faults.length > 0).length
  const signedOut = tokens ? '' : ' The account got no tokens, so nothing was called as a user.'
  const summary = `${leftOut}\n${url} by ${contract.origin}: ${results.length} calls, ${failed} differ.${signedOut}`
  const operationIds = contract.operations.map(({ operationId }) => operationId)
  console.log(describe(results, operationIds, summary))
  if (options.junit !== undefined) await writeFile(options.junit, asJunit(results))
  if (failed > 0) process.exitCode = 1
}

function baseOf(url = ''): string {
  if (!/^https?:\/\/\S+$/.test(url) || !URL.canParse(url))
    throw new StartError('Give --url, the base URL of the deployment: https://accounts.example.com, for example.')
  return url.replace(/\/+$/, '')
}
