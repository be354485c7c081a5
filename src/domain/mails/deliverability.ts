import { Problem } from '../../problems.ts'
import type { EmailAddress } from '../emailAddress.ts'

/**
 * Checks which email addresses the mail server accepts. A local part beyond ASCII needs the extension SMTPUTF8 (RFC
 * 6531). A mail server without this extension cannot deliver to such an address, so the account could be neither
 * activated nor recovered.
 */
export class Deliverability {
  #acceptsUnicode: () => Promise<boolean | undefined> = () => Promise.resolve(undefined)
  #refusesUnicode = false

  /**
   * Sets the function that reports whether the mail server accepts local parts beyond ASCII.
   * @param acceptsUnicode queries the mail server or a cache; it returns undefined or rejects if the answer is
   * unknown
   */
  learnFrom(acceptsUnicode: () => Promise<boolean | undefined>): void {
    this.#acceptsUnicode = acceptsUnicode
    void this.#learn()
  }

  /**
   * Refuses an email address that the mail server would refuse. The decision depends only on the form of the email
   * address, so that it reveals no account. It uses an earlier answer of the mail server, so that no request waits
   * for the server.
   * @throws Problem invalid
   */
  requireDeliverable({ email }: EmailAddress): void {
    const local = email.slice(0, email.lastIndexOf('@'))
    if (/^[!-~]*$/.test(local)) return
    void this.#learn()
    if (!this.#refusesUnicode) return
    const detail = 'Our mail server accepts only addresses whose part before the @ has no letters beyond A to Z.'
    throw new Problem('invalid', { errors: [{ pointer: '/email', code: 'undeliverable', detail }] })
  }

  async #learn(): Promise<void> {
    const accepted = await this.#acceptsUnicode().catch(() => undefined)
    if (accepted !== undefined) this.#refusesUnicode = !accepted
  }
}
