import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext } from 'playwright-core'
import { addUser } from '../src/domain/accounts/administration.ts'
import { requireNewEmailAddress } from '../src/domain/accounts/newEmailAddress.ts'
import { profileOf } from '../src/domain/accounts/users.ts'
import { createLog } from '../src/log.ts'
import { StartError } from '../src/problems.ts'
import { findFreePort } from './freePort.ts'
import { auditPage, categories } from './lighthouse/audit.ts'
import { installLighthouse } from './lighthouse/install.ts'
import { missingProgram } from './missingProgram.ts'
import { startTemporaryService } from './temporaryService.ts'
import { runTool } from './tool.ts'

type Services = Awaited<ReturnType<typeof startTemporaryService>>['services']

const work = join(import.meta.dirname, '../.work')
const program = '/usr/bin/chromium'
const credentials = { email: 'grace@example.com', password: 'correct horse battery' }

const publicPages = [
  ...['sign-in/', 'register/', 'forgot-password/', 'resend-activation/'].map((page) => `/account/${page}`),
  ...['activate/', 'restore-password/', 'confirm-email/', 'undo-email/'].map((page) => `/account/${page}?code=x`),
]
const pagesOf = (userId: string) => [
  ...['', 'password/', 'email/', 'sessions/', 'history/', 'events/', 'data/'].map((page) => `/account/${page}`),
  ...['', 'users/', 'users/new/', `users/${userId}/`, 'sign-ins/', 'events/'].map((page) => `/console/${page}`),
  ...['mails/', 'mails/suppressed/', 'lockouts/', 'keys/'].map((page) => `/console/${page}`),
]

const help = `npm run lighthouse [-- --only TEXT --require]

Starts a service and lets Lighthouse audit its pages in ${program}: those before the sign-in, those of the account, and
the console. Each page must have 100 points for ${categories.join(' and ')}.
  --only TEXT  only pages whose path contains the text
  --require    fails if Lighthouse cannot be installed, instead of skipping the audit

It installs Lighthouse into .work/.`

const options = { only: { type: 'string', default: '' }, require: { type: 'boolean', default: false } } as const

await runTool(help, options, async ({ only, require }) => {
  const reason = missingProgram(program, 'chromium')
  if (reason !== undefined) throw new StartError(reason)
  const lighthouse = await installLighthouse(work).catch((error: unknown) => {
    if (require || !(error instanceof StartError)) throw error
    console.log(`SKIPPED: no audit by Lighthouse. ${error.message}`)
  })
  if (lighthouse === undefined) return
  await mkdir(work, { recursive: true })
  const service = await startTemporaryService({ PRODUCT_NAME: 'Example Shop' }, createLog('warn'))
  const port = await findFreePort()
  const profile = await mkdtemp(join(tmpdir(), 'gatehouse-lighthouse-'))
  // Lighthouse opens its tab in the default context, which is the persistent one.
  const args = ['--no-sandbox', `--remote-debugging-port=${port}`]
  const browser = await chromium.launchPersistentContext(profile, { executablePath: program, args, locale: 'en' })
  try {
    const userId = await addSuperuser(service.services)
    if (![...publicPages, ...pagesOf(userId)].some((path) => path.includes(only)))
      throw new StartError(`--only ${only}: no page has this text in its path.`)
    const audit = async (path: string) => {
      if (!path.includes(only)) return
      const { url, scores, failures } = await auditPage(lighthouse, service.url + path, port, work)
      console.log(`${path}  ${categories.map((name) => `${name} ${scores[name]}`).join(', ')}`)
      for (const failure of failures) console.log(`  ${failure}`)
      // A page that has lost its session would be the sign-in page, with the scores of that page.
      if (url !== service.url + path) throw new StartError(`${path} has led to ${url}.`)
      if (categories.some((name) => scores[name] < 100)) process.exitCode = 1
    }
    for (const path of publicPages) await audit(path)
    await signIn(browser, service.url)
    for (const path of pagesOf(userId)) await audit(path)
  } finally {
    await browser.close()
    await service.stop()
    await rm(profile, { recursive: true, force: true })
  }
})

async function addSuperuser({ db, passwords }: Services): Promise<string> {
  const passwordHash = await passwords.hash(credentials.password)
  const flags = { is_active: true, is_superuser: true, email_confirmed: true }
  const names = profileOf({ first_name: 'Grace', last_name: 'Hopper' })
  const { id } = await addUser(
    db,
    { ...requireNewEmailAddress(credentials.email), ...names, ...flags, passwordHash },
    {},
  )
  return id
}

async function signIn(browser: BrowserContext, url: string): Promise<void> {
  const page = await browser.newPage()
  await page.goto(`${url}/account/sign-in/`)
  await page.fill('[name=email]', credentials.email)
  await page.fill('[name=password]', credentials.password)
  await page.locator('form button').click()
  await page.waitForURL(`${url}/account/`)
  await page.close()
}
