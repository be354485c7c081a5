import { writeFile } from 'node:fs/promises'
import { StartError } from '../src/problems.ts'
import { formatJunit, formatResults, isFailed } from './contractTest/results.ts'
import { testDeployment } from './contractTest/run.ts'
import { createTool, runAsProcess } from './tool.ts'

const help = `npm run contract:test -- --url URL --email ADDRESS --password PASSWORD

Tests a running deployment against its contract: how each operation answers good and bad requests, and that pages,
orders and filters of lists are right. It signs in with the account twice and signs out, and makes no other change to
it. It registers no user and causes no mail.
  --url URL            the deployment, for example https://accounts.example.com
  --email ADDRESS      an active account, preferably one that exists only for these tests
  --password PASSWORD  its password, by default the variable CONTRACT_TEST_PASSWORD
  --write              also creates, changes and deletes three accounts, for which the account must be a superuser.
                       Four notices go to the addresses of these accounts, which are in example.com
  --no-limits          the deployment has RATE_LIMITS=off, so replies need not report limits
  --contract FILE      tests against this contract, for example openapi.yaml, instead of the deployment's own
  --allow-header NAME  a header that your proxy adds to replies; may be repeated
  --junit FILE         also writes the results as JUnit XML

Exit code: 0 if every reply is as the contract describes it, 1 if one differs or the tests could not run.`

const options = {
  url: { type: 'string' },
  email: { type: 'string', default: '' },
  password: { type: 'string', default: process.env['CONTRACT_TEST_PASSWORD'] ?? '' },
  write: { type: 'boolean', default: false },
  'no-limits': { type: 'boolean', default: false },
  contract: { type: 'string' },
  'allow-header': { type: 'string', multiple: true, default: [] as string[] },
  junit: { type: 'string' },
} as const

const omitted = {
  reading: `Not tested, because it needs a mail or changes accounts: the success of registerUser, of operations with a mailed
code and of those that require the current password; for superusers, changes of users. --write tests what needs no mail.`,
  writing: `Not tested, because it needs a mail: the success of registerUser, changeEmail and operations with a mailed code.`,
}

export const contractTest = createTool(help, options, async (parameters, { print }) => {
  const { email, password, contract: contractFile, junit, write, ...values } = parameters
  const url = parseUrl(values.url)
  if (email === '' || password === '') throw new StartError('Give --email and --password. Try --help.')
  const { contract, results, isSignedIn } = await testDeployment({
    url,
    account: { email, password },
    contractFile,
    allowedHeaders: values['allow-header'],
    hasLimits: !values['no-limits'],
    writes: write,
  })
  const failed = results.filter(isFailed).length
  const operationIds = contract.operations.map(({ operationId }) => operationId)
  print(formatResults(results, operationIds))
  print(`\n${write ? omitted.writing : omitted.reading}`)
  print(`${url} by ${contract.source}: ${results.length} calls, ${failed} differ.`)
  if (!isSignedIn) print('The account got no tokens, so nothing was called as a user.')
  if (junit !== undefined) await writeFile(junit, formatJunit(results))
  return failed > 0 ? 1 : 0
})

if (import.meta.main) await runAsProcess(contractTest)

function parseUrl(url = ''): string {
  if (!/^https?:\/\/\S+$/.test(url) || !URL.canParse(url))
    throw new StartError('Give --url, the base URL of the deployment: https://accounts.example.com, for example.')
  return url.replace(/\/+$/, '')
}
