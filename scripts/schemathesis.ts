import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { StartError } from '../src/problems.ts'
import { printError } from '../src/cli/printError.ts'
import { installSchemathesis } from './schemathesis/install.ts'
import { startTarget, testers, type Person, type Target } from './schemathesis/target.ts'

const help = `npm run schemathesis [-- --seed N --max-examples N --as user|superuser --require]

Lets Schemathesis test the contract against the live service, as an ordinary user and then as a superuser: all of its
phases, all of its checks. schemathesis.toml names each exception with its reason.
  --seed N          repeats a run; a random one is taken, and printed, otherwise
  --max-examples N  random cases for each operation and phase, 15 unless given
  --as PERSON       user or superuser only
  --require         fails where Schemathesis cannot be installed, instead of skipping

It needs Python 3.10 or newer, and installs Schemathesis into .work/.`

// They can end the session that tests: a spare user tests them, last.
const endings = ['revokeSession', 'revokeSessions', 'revokeUserSessions', 'updateUser', 'deleteUser']

const root = fileURLToPath(new URL('..', import.meta.url))
const work = fileURLToPath(new URL('../.work/', import.meta.url))

try {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      'max-examples': { type: 'string', default: '15' },
      as: { type: 'string' },
      require: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) console.log(help)
  else await run({ ...values, maxExamples: values['max-examples'], who: whoOf(values.as) })
} catch (error) {
  printError(error)
  process.exitCode = 1
}

type Options = { seed?: string; maxExamples: string; who: Person[]; require?: boolean }

async function run({ seed = String(randomInt(2 ** 32)), maxExamples, who, require = false }: Options): Promise<void> {
  const program = await installSchemathesis(work).catch((error: unknown): undefined => {
    if (require || !(error instanceof StartError)) throw error
    console.log(`SKIPPED: no contract tests by Schemathesis. ${error.message}`)
  })
  if (program === undefined) return
  await mkdir(work, { recursive: true })
  const target = await startTarget(join(work, 'schemathesis-service.log'))
  try {
    await writeDictionary('codes', target.codes)
    for (const person of who) {
      console.log(`\nSchemathesis as ${person}, seed ${seed} (repeat: npm run schemathesis -- --seed ${seed})`)
      const { access, refresh } = await target.signIn(person)
      await writeDictionary('live-tokens', [access, refresh])
      await writeDictionary('refresh-tokens', await refreshTokens(target, person))
      await writeDictionary('ending-tokens', await refreshTokens(target, person))
      const bounds = ['--seed', seed, '--max-examples', maxExamples]
      // From the file: of a contract that it has fetched it leaves out the operation that served it.
      const spare = (await target.signIn(person === 'superuser' ? 'spareSuperuser' : 'spare')).access
      const command = ['run', `${root}openapi.yaml`, '--url', target.url, ...bounds]
      const code =
        (await execute(program, [...command, ...endings.flatMap((id) => ['--exclude-operation-id', id])], access)) ||
        (await execute(program, [...command, ...endings.flatMap((id) => ['--include-operation-id', id])], spare))
      if (code === 0) continue
      console.log('What the service says of it: .work/schemathesis-service.log')
      process.exitCode = 1
    }
  } finally {
    await target.stop()
  }
}

/** Of sessions of their own: the tests use them up. */
async function refreshTokens(target: Target, person: Person): Promise<string[]> {
  const pairs = await Promise.all(Array.from({ length: 5 }, () => target.signIn(person)))
  return pairs.map(({ refresh }) => refresh)
}

/** In the format of libFuzzer, which schemathesis.toml refers to. */
async function writeDictionary(name: string, values: string[]): Promise<void> {
  await writeFile(join(work, `${name}.dict`), values.map((value) => `"${value}"\n`).join(''))
}

/** The token goes by the environment, where schemathesis.toml finds it. */
function execute(program: string, parameters: string[], token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['--config-file', `${root}schemathesis.toml`, '--no-color', ...parameters], {
      cwd: work, // where it keeps what it finds
      stdio: 'inherit',
      env: { ...process.env, GATEHOUSE_TOKEN: token },
    })
    child.on('error', reject)
    child.on('close', (code) => {
      resolve(code ?? 1)
    })
  })
}

function whoOf(name: string | undefined): Person[] {
  const all = testers
  if (name === undefined) return all
  const chosen = all.filter((person) => person === name)
  if (chosen.length === 0) throw new StartError(`--as ${name}: it is one of ${all.join(', ')}.`)
  return chosen
}
