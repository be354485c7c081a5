import { isIPv4 } from 'node:net'
import { readDatabaseUrl } from './databaseUrl.ts'
import type { MailService } from './resolveMail.ts'

type Settings = {
  baseUrl: string
  mail: MailService
  database: string | undefined
  rateLimits: boolean
  passwordBlockList: boolean | string
}

/**
 * Returns a warning for each setting that production mode allows although it is unsafe. main.ts itself warns of a
 * mail server that cannot be reached.
 */
export function findProductionWarnings(
  { baseUrl, mail, database, rateLimits, passwordBlockList }: Settings,
  baseUrlIsSet: boolean,
): string[] {
  const cases: [applies: boolean, warning: string][] = [
    [!baseUrlIsSet, `HOST_FOR_SEND_MAIL is not set: the links in mails lead to ${baseUrl.replace(/:0$/, '')}.`],
    [
      baseUrlIsSet && !baseUrl.startsWith('https:'),
      'HOST_FOR_SEND_MAIL is without https: attackers on the network can read the codes in mailed links, and passwords.',
    ],
    [mail.kind === 'console', 'Mails go to the console, not by SMTP: set EMAIL_HOST.'],
    [
      mail.kind === 'smtp' && !mail.secure && !mail.requireTls && !isLocal(mail.host),
      'Mails with codes may go to EMAIL_HOST in clear text, because an attacker on the network can suppress STARTTLS: set EMAIL_USE_TLS or EMAIL_USE_SSL.',
    ],
    [mail.kind === 'file', 'Mails go to files in DATA_DIR, not by SMTP: set EMAIL_HOST.'],
    [
      database === undefined,
      'The database is the embedded one, for one instance and without backups: set DATABASE_URL, or DB_*.',
    ],
    [
      database !== undefined && isInClearText(database),
      'The connections to the database cross a network in clear text: set DATABASE_URL with sslmode=verify-full.',
    ],
    [!rateLimits, 'RATE_LIMITS is off: attackers can guess passwords and send people any number of mails.'],
    [
      passwordBlockList === false,
      'PASSWORD_BLOCK_LIST is off: people can choose the passwords that attackers try first.',
    ],
  ]
  return cases.filter(([applies]) => applies).map(([, warning]) => warning)
}

function isInClearText(url: string): boolean {
  const { host, tls } = readDatabaseUrl(url)
  return tls.options === false && !isLocal(host)
}

/** Whether the host is a loopback name or IP address, or the folder of a Unix socket. */
function isLocal(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  const address = name.replace(/^::ffff:/, '')
  return (
    name.startsWith('/') || name === 'localhost' || name === '::1' || (isIPv4(address) && address.startsWith('127.'))
  )
}
