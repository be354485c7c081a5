import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { loadConfig } from '../src/config/config.ts'
import { StartError } from '../src/problems.ts'
import { startService, type Service } from '../src/service.ts'

export type Credentials = { email: string; password: string }

export const fileBackend = 'django.core.mail.backends.filebased.EmailBackend'

/**
 * Creates a folder for the data of a service. Other users may enter the folder, because the embedded database runs as
 * another user when root starts it.
 */
export async function makeDataDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-temporary-'))
  await chmod(folder, 0o711)
  return folder
}

/**
 * Starts the whole service in this process, with a separate embedded database. Mails are written to files, and
 * limits are off.
 * @param settings the values of settings, by their names in .env
 * @returns the service and its data folder; `stop` also removes the folder
 */
export async function startTemporaryService(settings: Record<string, string>, log: Logger) {
  const dataDir = await makeDataDir()
  const defaults = { DATA_DIR: dataDir, PORT: '0', EMAIL_BACKEND: fileBackend, RATE_LIMITS: 'off' }
  const { config } = loadConfig({ ...defaults, ...settings })
  let service: Service | undefined
  const stop = async () => {
    await service?.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    service = await startService(config, 'the secret key of a temporary service', {
      log,
      onWaiting: (sentence) => {
        log.warn(sentence)
      },
    })
    const { database } = await service.ready
    return { url: service.url, services: service.services, databaseUrl: database.url, dataDir, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * Registers a user and activates the account.
 * @param readCode returns the code in the activation mail to an email address
 * @returns the activation code
 */
export async function registerActiveUser(
  url: string,
  { email, password }: Credentials,
  readCode: (email: string) => Promise<string>,
): Promise<string> {
  await postJson(`${url}/api/v1/users/register/`, { email, password, password_confirm: password })
  const code = await readCode(email)
  await postJson(`${url}/api/v1/users/activate/`, { code })
  return code
}

/** Waits for an activation mail in the outbox of a data folder. @throws StartError if no mail arrives within 10 s */
export async function readMailedCode(dataDir: string, email: string): Promise<string> {
  const outbox = join(dataDir, 'outbox')
  for (const until = Date.now() + 10_000; Date.now() < until;) {
    for (const name of await readdir(outbox).catch(() => [])) {
      const mail = name.endsWith('.eml') ? await readFile(join(outbox, name), 'utf8') : ''
      const [, code] = /activate\/\?code=([\w-]+)/.exec(mail) ?? []
      if (code !== undefined && mail.includes(`To: ${email}`)) return code
    }
    await sleep(20)
  }
  throw new StartError(`No activation mail to ${email} arrived within 10 s.`)
}

/**
 * Sends a POST request with a JSON body and returns the body of the reply.
 * @throws StartError if the status of the reply is not 2xx
 */
export async function postJson<Body>(url: string, body: object): Promise<Body> {
  const headers = { 'Content-Type': 'application/json' }
  const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!reply.ok) throw new StartError(`${url} answered ${reply.status}: ${await reply.text()}`)
  return (await reply.json()) as Body
}
