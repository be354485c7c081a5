import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Page } from 'playwright-core'
import { addUser } from '../src/domain/accounts/administration.ts'
import { requireNewEmailAddress } from '../src/domain/accounts/newEmailAddress.ts'
import { profileOf } from '../src/domain/accounts/users.ts'
import { createLog } from '../src/log.ts'
import { StartError } from '../src/problems.ts'
import { missingProgram } from './missingProgram.ts'
import { postJson, startTemporaryService } from './temporaryService.ts'
import { runTool } from './tool.ts'

type Services = Awaited<ReturnType<typeof startTemporaryService>>['services']

const folder = join(import.meta.dirname, '../docs/pictures')
const program = '/usr/bin/chromium'
const maxBytes = 80 * 1024

/** The pictures, by the names of their files, and the pages that they show. The last one needs a session. */
const pictures = {
  'start.png': '/',
  'sign-in.png': '/account/sign-in/',
  'docs.png': '/docs/',
  'console.png': '/console/users/',
}

const settings = { PRODUCT_NAME: 'Example Shop', HOST_FOR_SEND_MAIL: 'http://localhost:8000' }
const password = 'correct horse battery'
const superuser = 'grace@example.com'
const people = [
  { first_name: 'Edsger', last_name: 'Dijkstra' },
  { first_name: 'Barbara', last_name: 'Liskov' },
  { first_name: 'Alan', last_name: 'Turing', is_active: false },
  { first_name: 'Ada', last_name: 'Lovelace' },
]

const help = `npm run pictures

Starts a service, and takes the pictures in docs/pictures/ with ${program}: ${Object.keys(pictures).join(', ')}.
A picture has at most ${maxBytes / 1024} KiB.`

await runTool(help, {}, async () => {
  const reason = missingProgram(program, 'chromium')
  if (reason !== undefined) throw new StartError(reason)
  const service = await startTemporaryService(settings, createLog('warn'))
  const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] })
  try {
    await register(service.url)
    await mkdir(folder, { recursive: true })
    const page = await browser.newPage({ viewport: { width: 880, height: 540 }, colorScheme: 'light', locale: 'en' })
    for (const [name, path] of Object.entries(pictures)) {
      if (name === 'console.png') await prepareConsole(service.services, page, service.url)
      await page.goto(`${service.url}${path}`, { waitUntil: 'networkidle' })
      const file = join(folder, name)
      await page.screenshot({ path: file })
      const { size } = await stat(file)
      console.log(`${name}  ${Math.ceil(size / 1024)} KiB`)
      if (size > maxBytes) throw new StartError(`${file} is larger than ${maxBytes / 1024} KiB.`)
    }
  } finally {
    await browser.close()
    await service.stop()
  }
})

/** Registers a user, so that the start page shows a mail. */
async function register(url: string): Promise<void> {
  await postJson(`${url}/api/v1/users/register/`, { email: 'ada@example.com', password, password_confirm: password })
  for (const until = Date.now() + 10_000; Date.now() < until;) {
    const startPage = await (await fetch(`${url}/`)).text()
    if (startPage.includes('ada@example.com')) return
    await sleep(50)
  }
  throw new StartError('No mail was sent within 10 s.')
}

/** Creates users and a superuser, and signs the superuser in. */
async function prepareConsole({ db, passwords }: Services, page: Page, url: string): Promise<void> {
  const passwordHash = await passwords.hash(password)
  const add = (
    email: string,
    user: { first_name: string; last_name: string; is_active?: boolean },
    isSuperuser = false,
  ) =>
    addUser(
      db,
      {
        ...requireNewEmailAddress(email),
        ...profileOf(user),
        passwordHash,
        is_active: user.is_active ?? true,
        is_superuser: isSuperuser,
        email_confirmed: true,
      },
      {},
    )
  for (const person of people) await add(`${person.first_name.toLowerCase()}@example.com`, person)
  await add(superuser, { first_name: 'Grace', last_name: 'Hopper' }, true)
  await page.goto(`${url}/account/sign-in/`)
  await page.fill('[name=email]', superuser)
  await page.fill('[name=password]', password)
  await page.locator('form button').click()
  await page.waitForURL(`${url}/account/`)
  await page.setViewportSize({ width: 1120, height: 520 })
}
