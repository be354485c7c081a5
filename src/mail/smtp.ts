import { createTransport, type Transporter } from 'nodemailer'
import type { Config } from '../config/config.ts'

const seconds = 1000

export type Smtp = Extract<Config['mail'], { kind: 'smtp' }>

/**
 * Creates a transporter that opens a new connection for each mail and has a time-out for every wait. A connection
 * that stayed open would make the next mail faster, and so reveal that another mail was sent shortly before (security
 * 96).
 */
export function createSmtp({ host, port, secure, requireTls, user, password }: Smtp): Transporter {
  const opportunistic = !secure && !requireTls
  return createTransport({
    host,
    port,
    secure,
    requireTLS: requireTls,
    // When TLS is optional and the service has no credentials, the certificate is not checked, because any encryption
    // is better than none. With EMAIL_USE_TLS, the service never sends its credentials to a server without TLS.
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
