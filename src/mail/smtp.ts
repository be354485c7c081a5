import { createTransport, type Transporter } from 'nodemailer'
import type { Config } from '../config.ts'

const seconds = 1000

export type Smtp = Extract<Config['mail'], { kind: 'smtp' }>

/** A pool of connections, on which nothing waits for ever: a server may be slow, stuck or gone. */
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
    pool: true,
    maxConnections: 2,
    // Once at once, for a connection that the server closed while it was idle; further attempts are the queue's.
    maxRequeues: 1,
    idleTimeout: 20 * seconds,
    dnsTimeout: 10 * seconds,
    connectionTimeout: 10 * seconds,
    greetingTimeout: 10 * seconds,
    socketTimeout: 30 * seconds,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}
