import { isIPv4 } from 'node:net'
import { readDatabaseUrl } from './databaseUrl.ts'
import type { MailService } from './resolveMail.ts'

type ServiceSettings = {
  baseUrl: string
  mail: MailService
  rateLimits: boolean
  passwordBlockList: boolean | string
}
type Case = [applies: boolean, warning: string]

/**
 * Returns a warning for each setting of the service that production mode allows although it is unsafe. main.ts itself
 * warns of a mail server that cannot be reached.
 */
export function findServiceWarnings({ baseUrl, mail, rateLimits, passwordBlockList }: ServiceSettings): string[] {
  return warningsOf([
    [
      !baseUrl.startsWith('https:'),
      'HOST_FOR_SEND_MAIL is without https: attackers on the network can read the codes in mailed links, and passwords.',
    ],
    [mail.kind === 'console', 'Mails go to the console, not by SMTP: set EMAIL_HOST.'],
    [
      mail.kind === 'smtp' && !mail.secure && !mail.requireTls && !isLocal(mail.host),
      'Mails with codes may go to EMAIL_HOST in clear text, because an attacker on the network can suppress STARTTLS: set EMAIL_USE_TLS or EMAIL_USE_SSL.',
    ],
    [mail.kind === 'file', 'Mails go to files in DATA_DIR, not by SMTP: set EMAIL_HOST.'],
    [!rateLimits, 'RATE_LIMITS is off: attackers can guess passwords and send people any number of mails.'],
    [
      passwordBlockList === false,
      'PASSWORD_BLOCK_LIST is off: people can choose the passwords that attackers try first.',
    ],
  ])
}

/** Returns a warning if production mode allows the database although it is unsafe, for the service and commands. */
export function findDatabaseWarnings({ database }: { database: string | undefined }): string[] {
  return warningsOf([
    [
      database === undefined,
      'The database is the embedded one, for one instance and without backups: set DATABASE_URL, or DB_*.',
    ],
    [
      database !== undefined && isInClearText(database),
      'The connections to the database cross a network in clear text: set DATABASE_URL with sslmode=verify-full.',
    ],
  ])
}

const warningsOf = (cases: Case[]) => cases.filter(([applies]) => applies).map(([, warning]) => warning)

function isInClearText(url: string): boolean {
  const { servers, tls } = readDatabaseUrl(url)
  return tls.options === false && !servers.every(({ host }) => isLocal(host))
}

/** Whether the host is a loopback name or IP address, or the folder of a Unix socket. */
function isLocal(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  const address = name.replace(/^::ffff:/, '')
  return (
    name.startsWith('/') || name === 'localhost' || name === '::1' || (isIPv4(address) && address.startsWith('127.'))
  )
}
