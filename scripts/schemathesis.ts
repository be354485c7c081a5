import { randomInt } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { StartError } from '../src/problems.ts'
import { installSchemathesis } from './schemathesis/install.ts'
import { runProgram } from './schemathesis/program.ts'
import { testAsStranger } from './schemathesis/stranger.ts'
import { createUsers, signIn, type UserName } from './schemathesis/users.ts'
import { startTemporaryService } from './temporaryService.ts'
import { runTool } from './tool.ts'

const help = `npm run schemathesis [-- --seed N --max-examples N --as user|superuser --require]

Starts a service and lets Schemathesis test it against openapi.yaml, as an ordinary user and then as a superuser, with
all phases and all checks. schemathesis.toml names each exception and its reason. Then it sends the
examples to a sandbox and follows the links of the contract, with the files that docs/testing.md has for users.
  --seed N          repeats a run; without it the seed is random, and printed
  --max-examples N  random cases for each operation and phase, 15 by default
  --as USER         tests only as user or as superuser
  --require         fails if Schemathesis cannot be installed, instead of skipping the tests

It needs Python 3.10 or newer, and installs Schemathesis into .work/.`

const options = {
  seed: { type: 'string' },
  'max-examples': { type: 'string', default: '15' },
  as: { type: 'string' },
  require: { type: 'boolean', default: false },
} as const

const root = join(import.meta.dirname, '..')
const work = join(root, '.work')
const logFile = join(work, 'schemathesis-service.log')

// These operations can end the session of the user whose token the tests use. Therefore they are tested last and with
// another user.
const endingOperations = [
  'revokeSession',
  'revokeSessions',
  'revokeUserSession',
  'revokeUserSessions',
  'updateUser',
  'deleteUser',
]
const otherUsers = { user: 'example', superuser: 'otherSuperuser' } as const

type Service = Awaited<ReturnType<typeof startTemporaryService>>
type Tester = keyof typeof otherUsers

await runTool(help, options, async ({ seed = String(randomInt(2 ** 32)), as, require, ...values }) => {
  const testers = chooseTesters(as)
  const program = await installSchemathesis(work).catch((error: unknown) => {
    if (require || !(error instanceof StartError)) throw error
    console.log(`SKIPPED: no contract tests by Schemathesis. ${error.message}`)
  })
  if (program === undefined) return
  await mkdir(work, { recursive: true })
  const bounds = ['--seed', seed, '--max-examples', values['max-examples']]
  // Outside of production, the reply check turns any reply that deviates from the contract into a 500.
  const settings = { HOST_FOR_SEND_MAIL: 'http://accounts.test', ACCESS_TOKEN_LIFETIME: '1h' }
  const log = pino({ level: 'warn' }, pino.destination({ dest: logFile, append: false, sync: true }))
  const service = await startTemporaryService(settings, log)
  try {
    await writeDictionary('codes', await createUsers(service))
    for (const tester of testers) {
      console.log(`\nSchemathesis as ${tester}, seed ${seed} (repeat: npm run schemathesis -- --seed ${seed})`)
      if (await passes(program, service, tester, bounds)) continue
      console.log(`The log of the service: ${logFile}`)
      process.exitCode = 1
    }
    for (const tester of testers) {
      console.log(`\nSchemathesis as ${tester} with the files of docs/testing.md, seed ${seed}`)
      if (!(await testAsStranger(program, work, tester, seed))) process.exitCode = 1
    }
  } finally {
    await service.stop()
  }
})

function chooseTesters(name: string | undefined): Tester[] {
  const all = Object.keys(otherUsers) as Tester[]
  const chosen = all.filter((tester) => name === undefined || tester === name)
  if (chosen.length === 0) throw new StartError(`--as ${String(name)}: it must be ${all.join(' or ')}.`)
  return chosen
}

async function passes(program: string, service: Service, tester: Tester, bounds: string[]): Promise<boolean> {
  const { access, refresh } = await signIn(service, tester)
  const { access: otherAccess } = await signIn(service, otherUsers[tester])
  await writeDictionary('live-tokens', [access, refresh])
  await writeDictionary('refresh-tokens', await refreshTokens(service, tester))
  await writeDictionary('ending-tokens', await refreshTokens(service, tester))
  // If Schemathesis reads the contract from an operation, it does not test this operation. Therefore it reads the
  // contract from the file.
  const command = ['--config-file', join(root, 'schemathesis.toml')]
  command.push('run', join(root, 'openapi.yaml'), '--url', service.url, ...bounds)
  const select = (option: string) => endingOperations.flatMap((operationId) => [option, operationId])
  const run = (selection: string[], token: string) =>
    runProgram(program, [...command, ...selection], work, { GATEHOUSE_TOKEN: token })
  return (
    (await run(select('--exclude-operation-id'), access)) && (await run(select('--include-operation-id'), otherAccess))
  )
}

/** Creates separate sessions and returns their refresh tokens, each of which a test can use once. */
async function refreshTokens(service: Service, name: UserName): Promise<string[]> {
  const pairs = await Promise.all(Array.from({ length: 5 }, () => signIn(service, name)))
  return pairs.map(({ refresh }) => refresh)
}

/** Writes values to a dictionary file in the format of libFuzzer. schemathesis.toml names the file. */
async function writeDictionary(name: string, values: string[]): Promise<void> {
  await writeFile(join(work, `${name}.dict`), values.map((value) => `"${value}"\n`).join(''))
}
