import { createTransport, type Transporter } from 'nodemailer'
import type { Config } from '../config/config.ts'

const seconds = 1000

export type Smtp = Extract<Config['mail'], { kind: 'smtp' }>

/**
 * A connection for each mail, on which nothing waits for ever: a server may be slow, stuck or gone. A connection that stayed
 * open after a mail would make the next one faster, and so reveal that there was one (security 96).
 */
export function createSmtp({ host, port, secure, requireTls, user, password }: Smtp): Transporter {
  const opportunistic = !secure && !requireTls
  return createTransport({
    host,
    port,
    secure,
    requireTLS: requireTls,
    // Without a demand for TLS any encryption is better than none. EMAIL_USE_TLS is what keeps credentials off a server without it.
    opportunisticTLS: opportunistic,
    tls: { rejectUnauthorized: !opportunistic || user !== undefined },
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    dnsTimeout: 10 * seconds,
    connectionTimeout: 10 * seconds,
    greetingTimeout: 10 * seconds,
    socketTimeout: 30 * seconds,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}
