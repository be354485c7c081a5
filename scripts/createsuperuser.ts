import { parseArgs } from 'node:util'
import { v7 as uuidv7 } from 'uuid'
import type { Config } from '../src/config.ts'
import { connectDatabase, explainConnection } from '../src/connect.ts'
import { createDatabase, type Statements } from '../src/db/database.ts'
import { migrate } from '../src/db/migrate.ts'
import { readAddress, type EmailAddress } from '../src/domain/addresses.ts'
import { checkNewPassword, Passwords } from '../src/domain/passwords.ts'
import { recordEvent } from '../src/domain/securityEvents.ts'
import { createUser, type NewUser } from '../src/domain/users.ts'
import { Problem, StartError } from '../src/problems.ts'
import { readSettings, readValue } from '../src/readSettings.ts'
import { tell } from '../src/tell.ts'
import { ask } from './ask.ts'

const help = `npm run createsuperuser [-- --noinput]

Makes an active user who may administer the others; asks for the email address and, unseen, for the password.
  --noinput  asks nothing: DJANGO_SUPERUSER_EMAIL and DJANGO_SUPERUSER_PASSWORD give both
It works on the embedded database too, whether or not the service runs.`

type Credentials = { to: EmailAddress; password: string }

try {
  const { values } = parseArgs({ options: { noinput: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
  if (values.help) console.log(help)
  else await run(values.noinput ?? false)
} catch (error) {
  tell(error)
  process.exitCode = 1
}

async function run(noInput: boolean): Promise<void> {
  const config = await readSettings()
  const { to, password } = noInput ? await fromSettings(config) : await fromPrompts(config)
  const database = await connectDatabase(config, 'command')
  const db = createDatabase({ preparedStatements: config.preparedStatements, onError: tell })
  const passwords = new Passwords(tell)
  try {
    await migrate(database.url).catch((error: unknown) => {
      throw new StartError(explainConnection(error, database.url))
    })
    await db.open(database.url)
    const passwordHash = await passwords.hash(password)
    const names = { firstName: '', lastName: '', language: 'en' }
    const user = { userId: uuidv7(), ...to, ...names, passwordHash, isSuperuser: true, emailConfirmed: true }
    const created = await db.transaction((transaction) => createSuperuser(transaction, user))
    if (!created) throw new StartError(`${to.email} has an account already: choose another address.`)
    console.log(`${to.email} is a superuser now.`)
  } finally {
    passwords.stop()
    await db.close()
    await database.stop()
  }
}

/** As an administrator's createUser: every superuser's beginning is written down. */
async function createSuperuser(transaction: Statements, user: NewUser): Promise<boolean> {
  if (!(await createUser(transaction, user))) return false
  await recordEvent(transaction, 'user_created', { userId: user.userId })
  await recordEvent(transaction, 'superuser_granted', { userId: user.userId })
  return true
}

async function fromSettings({ passwordMinLength }: Config): Promise<Credentials> {
  const email = await readValue('DJANGO_SUPERUSER_EMAIL')
  const password = await readValue('DJANGO_SUPERUSER_PASSWORD')
  const to = readAddress(email)
  if (!to)
    throw new StartError('DJANGO_SUPERUSER_EMAIL is not an email address: set it, admin@example.com for example.')
  const fault = faultOf(password, passwordMinLength)
  if (fault !== undefined) throw new StartError(`DJANGO_SUPERUSER_PASSWORD cannot be used: ${fault}`)
  return { to, password }
}

async function fromPrompts({ passwordMinLength }: Config): Promise<Credentials> {
  if (!process.stdin.isTTY)
    throw new StartError(
      'There is no terminal to ask at: use --noinput with DJANGO_SUPERUSER_EMAIL and DJANGO_SUPERUSER_PASSWORD.',
    )
  for (;;) {
    const to = readAddress((await ask('Email address: ')).trim())
    if (!to) {
      console.error('This is not an email address.')
      continue
    }
    for (;;) {
      const password = await ask('Password: ', { hidden: true })
      const again = await ask('Password (again): ', { hidden: true })
      const fault = faultOf(password, passwordMinLength, again)
      if (fault === undefined) return { to, password }
      console.error(fault)
    }
  }
}

/** What is wrong with a new password, in one sentence. */
function faultOf(password: string, minLength: number, again = password): string | undefined {
  try {
    checkNewPassword({ password, password_confirm: again }, minLength)
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error.errors?.map(({ detail }) => detail).join(' ')
    throw error
  }
}
