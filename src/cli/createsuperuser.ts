import type { Command } from 'commander'
import type { Config } from '../config/config.ts'
import { readEnvironmentValue } from '../config/environmentConfig.ts'
import { addUser } from '../domain/accounts/administration.ts'
import { requireNewEmailAddress } from '../domain/accounts/newEmailAddress.ts'
import { profileOf } from '../domain/accounts/users.ts'
import type { EmailAddress } from '../domain/emailAddress.ts'
import { PasswordHasher } from '../domain/passwords/hasher.ts'
import { checkNewPassword, loadPasswordRules } from '../domain/passwords/rules.ts'
import { Problem, StartError } from '../problems.ts'
import { loadInputCheck } from '../openapi.ts'
import { prompt } from './prompt.ts'
import { loadCommandConfig } from './commandConfig.ts'
import type { Terminal } from './terminal.ts'
import { withDatabase } from './withDatabase.ts'

type Credentials = { to: EmailAddress; password: string }
type Check = (input: { email: string; password?: string; password_confirm?: string }) => EmailAddress

export function addCreateSuperuser(program: Command, terminal: Terminal): void {
  program
    .command('createsuperuser')
    .description('creates an active superuser; prompts for the email address and the password')
    .option('--noinput', 'do not prompt: take DJANGO_SUPERUSER_EMAIL and DJANGO_SUPERUSER_PASSWORD')
    .action(async ({ noinput = false }: { noinput?: boolean }) => {
      await createSuperuser(terminal, noinput)
    })
}

async function createSuperuser(terminal: Terminal, noInput: boolean): Promise<void> {
  const config = await loadCommandConfig(terminal)
  const check = await loadCheck(config)
  const { to, password } = await (noInput ? readCredentials(check, terminal) : promptForCredentials(check, terminal))
  const hasher = new PasswordHasher(terminal.printError)
  try {
    await withDatabase(config, terminal, async (db) => {
      const passwordHash = await hasher.hash(password)
      const user = { ...to, ...profileOf({}), passwordHash, is_superuser: true, email_confirmed: true }
      await addUser(db, user, {})
    })
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'email_taken')) throw error
    throw new StartError(`${to.email} already has an account: choose another address.`)
  } finally {
    hasher.stop()
  }
  terminal.print(`${to.email} is a superuser now.`)
}

/**
 * Loads a function that checks an email address, and a password if one is given, by the rules of the operation
 * createUser.
 */
async function loadCheck(config: Config): Promise<Check> {
  const checkInput = await loadInputCheck('createUser')
  const rules = await loadPasswordRules(config)
  return ({ email, password, password_confirm }) => {
    checkInput({ body: { email, ...(password === undefined ? {} : { password }), is_superuser: true } })
    const to = requireNewEmailAddress(email)
    if (password !== undefined) {
      const repeated = password_confirm === undefined ? {} : { password_confirm }
      checkNewPassword({ password, ...repeated }, to.email, rules)
    }
    return to
  }
}

async function readCredentials(check: Check, { environment, folder }: Terminal): Promise<Credentials> {
  const email = await readEnvironmentValue('DJANGO_SUPERUSER_EMAIL', environment, folder)
  const password = await readEnvironmentValue('DJANGO_SUPERUSER_PASSWORD', environment, folder)
  const emailError = errorOf(() => check({ email }))
  if (emailError !== undefined)
    throw new StartError(
      `DJANGO_SUPERUSER_EMAIL cannot be used: ${emailError} Set it to admin@example.com for example.`,
    )
  const passwordError = encodingErrorOf(password) ?? errorOf(() => check({ email, password }))
  if (passwordError !== undefined) throw new StartError(`DJANGO_SUPERUSER_PASSWORD cannot be used: ${passwordError}`)
  return { to: check({ email, password }), password }
}

async function promptForCredentials(check: Check, { isInteractive, printError }: Terminal): Promise<Credentials> {
  if (!isInteractive)
    throw new StartError(
      'There is no terminal to prompt at: use --noinput with DJANGO_SUPERUSER_EMAIL and DJANGO_SUPERUSER_PASSWORD.',
    )
  for (;;) {
    const email = (await prompt('Email address: ')).trim()
    const emailError = errorOf(() => check({ email }))
    if (emailError !== undefined) {
      printError(emailError)
      continue
    }
    for (;;) {
      const password = await prompt('Password: ', { hidden: true })
      const repeated = await prompt('Password (again): ', { hidden: true })
      const passwordError =
        encodingErrorOf(password) ?? errorOf(() => check({ email, password, password_confirm: repeated }))
      if (passwordError === undefined) return { to: check({ email }), password }
      printError(passwordError)
    }
  }
}

/**
 * Returns the error of a password that the contract allows, but that no sign-in form sends unchanged.
 * @returns undefined when a form can send the password
 */
function encodingErrorOf(password: string): string | undefined {
  if (/[\r\n]/.test(password)) return 'It has a line break, which no sign-in form sends. Remove it.'
  if (password.includes('\ufffd')) return 'It is not text in UTF-8.'
  return undefined
}

/** Returns the details of the Problem that `check` throws, or undefined when the input is valid. */
function errorOf(check: () => unknown): string | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error.errors?.map(({ detail }) => detail).join(' ')
    throw error
  }
}
