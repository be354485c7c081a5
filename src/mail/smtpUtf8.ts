import SMTPConnection from 'nodemailer/lib/smtp-connection'

const minutes = 60_000
const maxAge = 10 * minutes

/**
 * Whether mail to an email address needs a server with SMTPUTF8 (RFC 6531), because the local part is not ASCII. The
 * domain does not matter, because every domain has an ASCII form.
 */
export function needsSmtpUtf8(address: string): boolean {
  return /[^\x00-\x7f]/.test(address.slice(0, address.lastIndexOf('@')))
}

/**
 * Remembers for ten minutes whether a server offers SMTPUTF8. nodemailer itself does not check this before it sends a
 * mail.
 */
export class SmtpUtf8 {
  readonly #options: SMTPConnection.Options
  #offered: Promise<boolean | undefined> | undefined
  #expiresAt = 0

  constructor(options: SMTPConnection.Options) {
    this.#options = options
  }

  /**
   * Whether the server offers SMTPUTF8.
   * @returns undefined when the server's replies do not show whether it does
   * @throws Error when the server cannot be reached
   */
  isOffered(): Promise<boolean | undefined> {
    if (this.#offered === undefined || Date.now() >= this.#expiresAt) {
      this.#expiresAt = Date.now() + maxAge
      this.#offered = probe(this.#options)
      this.#offered.catch(() => (this.#expiresAt = 0))
    }
    return this.#offered
  }
}

async function probe(options: SMTPConnection.Options): Promise<boolean | undefined> {
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
    // The last reply is usually the reply to EHLO, which lists the extensions. After a failed STARTTLS it is another
    // reply, which does not show the extensions.
    const reply = String(connection.lastServerResponse)
    return reply.startsWith('250') ? /^250[ -]SMTPUTF8\b/im.test(reply) : undefined
  } finally {
    connection.once('error', () => undefined).quit()
    connection.close()
  }
}
