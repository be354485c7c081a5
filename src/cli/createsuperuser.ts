import { parseArgs } from 'node:util'
import type { Config } from '../config/config.ts'
import { addUser } from '../domain/accounts/administration.ts'
import type { EmailAddress } from '../domain/emailAddress.ts'
import { requireNewAddress } from '../domain/accounts/newEmailAddress.ts'
import { checkNewPassword, loadPasswordRules } from '../domain/passwords/rules.ts'
import { PasswordHasher } from '../domain/passwords/hasher.ts'
import { Problem, StartError } from '../problems.ts'
import { loadProcessConfig, readProcessValue } from '../config/processConfig.ts'
import { printError } from './printError.ts'
import { ask } from './ask.ts'
import { loadInputCheck } from './checkInput.ts'
import { withDatabase } from './withDatabase.ts'

const help = `npm run createsuperuser [-- --noinput]

Makes an active user who may administer the others; asks for the email address and, unseen, for the password.
  --noinput  asks nothing: DJANGO_SUPERUSER_EMAIL and DJANGO_SUPERUSER_PASSWORD give both
It works on the embedded database too, whether or not the service runs.`

type Credentials = { to: EmailAddress; password: string }
type Check = (given: { email: string; password?: string; password_confirm?: string }) => EmailAddress

// What the contract does not ask of every user.
const others = { first_name: '', last_name: '', language: 'en', is_superuser: true } as const

try {
  const { values } = parseArgs({ options: { noinput: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
  if (values.help) console.log(help)
  else await run(values.noinput ?? false)
} catch (error) {
  printError(error)
  process.exitCode = 1
}

async function run(noInput: boolean): Promise<void> {
  const config = await loadProcessConfig()
  const check = await loadCheck(config)
  const { to, password } = noInput ? await fromSettings(check) : await fromPrompts(check)
  const passwords = new PasswordHasher(printError)
  try {
    await withDatabase(config, async (db) => {
      const passwordHash = await passwords.hash(password)
      const names = { firstName: others.first_name, lastName: others.last_name, language: others.language }
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

/** The rules of createUser for an address, and for a password where there is one. */
async function loadCheck(config: Config): Promise<Check> {
  const checkInput = await loadInputCheck('createUser')
  const rules = await loadPasswordRules(config)
  return ({ email, password, password_confirm }) => {
    checkInput({ body: { email, ...(password === undefined ? {} : { password }), ...others } })
    const to = requireNewAddress(email)
    if (password !== undefined) {
      const again = password_confirm === undefined ? {} : { password_confirm }
      checkNewPassword({ password, ...again }, to.email, rules)
    }
    return to
  }
}

async function fromSettings(check: Check): Promise<Credentials> {
  const email = await readProcessValue('DJANGO_SUPERUSER_EMAIL')
  const password = await readProcessValue('DJANGO_SUPERUSER_PASSWORD')
  const fault = faultOf(() => check({ email }))
  if (fault !== undefined)
    throw new StartError(`DJANGO_SUPERUSER_EMAIL cannot be used: ${fault} Set it to admin@example.com for example.`)
  const passwordFault = unreadable(password) ?? faultOf(() => check({ email, password }))
  if (passwordFault !== undefined) throw new StartError(`DJANGO_SUPERUSER_PASSWORD cannot be used: ${passwordFault}`)
  return { to: check({ email, password }), password }
}

async function fromPrompts(check: Check): Promise<Credentials> {
  if (!process.stdin.isTTY)
    throw new StartError(
      'There is no terminal to ask at: use --noinput with DJANGO_SUPERUSER_EMAIL and DJANGO_SUPERUSER_PASSWORD.',
    )
  for (;;) {
    const email = (await ask('Email address: ')).trim()
    const fault = faultOf(() => check({ email }))
    if (fault !== undefined) {
      console.error(fault)
      continue
    }
    for (;;) {
      const password = await ask('Password: ', { hidden: true })
      const again = await ask('Password (again): ', { hidden: true })
      const passwordFault = unreadable(password) ?? faultOf(() => check({ email, password, password_confirm: again }))
      if (passwordFault === undefined) return { to: check({ email }), password }
      console.error(passwordFault)
    }
  }
}

/** What the contract allows, but no form sends as it stands here. */
function unreadable(password: string): string | undefined {
  if (/[\r\n]/.test(password)) return 'It has a line break, which no sign-in form sends. Take it away.'
  if (password.includes('\ufffd')) return 'It is not text in UTF-8.'
  return undefined
}

/** What is wrong with the input, in a sentence or two. */
function faultOf(check: () => unknown): string | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error.errors?.map(({ detail }) => detail).join(' ')
    throw error
  }
}
