import SMTPConnection from 'nodemailer/lib/smtp-connection'

const minutes = 60_000
const maxAge = 10 * minutes

/** Whether mail to an address needs a server with SMTPUTF8 (RFC 6531): a domain has a form in ASCII, a local part has none. */
export function needsSmtpUtf8(address: string): boolean {
  return /[^\x00-\x7f]/.test(address.slice(0, address.lastIndexOf('@')))
}

/** Remembers for ten minutes whether a server offers SMTPUTF8. nodemailer would send such an address without it. */
export class SmtpUtf8 {
  readonly #options: SMTPConnection.Options
  #offered: Promise<boolean | undefined> | undefined
  #until = 0

  constructor(options: SMTPConnection.Options) {
    this.#options = options
  }

  /** @returns undefined when the server does not let it be known. Rejects when the server cannot be asked. */
  isOffered(): Promise<boolean | undefined> {
    if (this.#offered === undefined || Date.now() >= this.#until) {
      this.#until = Date.now() + maxAge
      this.#offered = ask(this.#options)
      this.#offered.catch(() => (this.#until = 0))
    }
    return this.#offered
  }
}

async function ask(options: SMTPConnection.Options): Promise<boolean | undefined> {
  const connection = new SMTPConnection(options)
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('error', reject).once('end', () => {
        reject(new Error('Connection closed'))
      })
      connection.connect((error) => {
        if (error) reject(error)
        else resolve()
      })
    })
    // The answer to the last EHLO; another one after TLS was offered and failed.
    const reply = String(connection.lastServerResponse)
    return reply.startsWith('250') ? /^250[ -]SMTPUTF8\b/im.test(reply) : undefined
  } finally {
    connection.once('error', () => undefined).quit()
    connection.close()
  }
}
