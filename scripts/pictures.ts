import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { createLog } from '../src/log.ts'
import { StartError } from '../src/problems.ts'
import { missingProgram } from './missingProgram.ts'
import { postJson, startTemporaryService } from './temporaryService.ts'
import { runTool } from './tool.ts'

const folder = join(import.meta.dirname, '../docs/pictures')
const program = '/usr/bin/chromium'
const maxBytes = 80 * 1024

/** The pictures, by the names of their files, and the pages that they show. */
const pictures = { 'start.png': '/', 'sign-in.png': '/account/sign-in/', 'docs.png': '/docs/' }

const settings = { PRODUCT_NAME: 'Example Shop', HOST_FOR_SEND_MAIL: 'http://localhost:8000' }

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
  const password = 'correct horse battery'
  await postJson(`${url}/api/v1/users/register/`, { email: 'ada@example.com', password, password_confirm: password })
  for (const until = Date.now() + 10_000; Date.now() < until;) {
    const startPage = await (await fetch(`${url}/`)).text()
    if (startPage.includes('ada@example.com')) return
    await sleep(50)
  }
  throw new StartError('No mail was sent within 10 s.')
}
