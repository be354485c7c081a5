import { parseArgs } from 'node:util'
import { addUser } from '../src/domain/administration.ts'
import { readAddress, type EmailAddress } from '../src/domain/addresses.ts'
import { checkNewPassword, loadPasswordRules, type PasswordRules } from '../src/domain/newPasswords.ts'
import { Passwords } from '../src/domain/passwords.ts'
import { Problem, StartError } from '../src/problems.ts'
import { readSettings, readValue } from '../src/readSettings.ts'
import { tell } from '../src/tell.ts'
import { ask } from './ask.ts'
import { withDatabase } from './withDatabase.ts'

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
  const rules = await loadPasswordRules(config)
  const { to, password } = noInput ? await fromSettings(rules) : await fromPrompts(rules)
  const passwords = new Passwords(tell)
  try {
    await withDatabase(config, async (db) => {
      const passwordHash = await passwords.hash(password)
      const names = { firstName: '', lastName: '', language: 'en' }
      await addUser(db, { ...to, ...names, passwordHash, isSuperuser: true, emailConfirmed: true }, {})
    })
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'email_taken')) throw error
    throw new StartError(`${to.email} has an account already: choose another address.`)
  } finally {
    passwords.stop()
  }
  console.log(`${to.email} is a superuser now.`)
}

async function fromSettings(rules: PasswordRules): Promise<Credentials> {
  const email = await readValue('DJANGO_SUPERUSER_EMAIL')
  const password = await readValue('DJANGO_SUPERUSER_PASSWORD')
  const to = readAddress(email)
  if (!to)
    throw new StartError('DJANGO_SUPERUSER_EMAIL is not an email address: set it, admin@example.com for example.')
  const fault = faultOf({ password }, to, rules)
  if (fault !== undefined) throw new StartError(`DJANGO_SUPERUSER_PASSWORD cannot be used: ${fault}`)
  return { to, password }
}

async function fromPrompts(rules: PasswordRules): Promise<Credentials> {
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
      const fault = faultOf({ password, password_confirm: again }, to, rules)
      if (fault === undefined) return { to, password }
      console.error(fault)
    }
  }
}

/** What is wrong with a new password, in one sentence. */
function faultOf(
  given: Parameters<typeof checkNewPassword>[0],
  { email }: EmailAddress,
  rules: PasswordRules,
): string | undefined {
  try {
    checkNewPassword(given, email, rules)
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error.errors?.map(({ detail }) => detail).join(' ')
    throw error
  }
}
