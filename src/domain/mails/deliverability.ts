import { Problem } from '../../problems.ts'
import type { EmailAddress } from '../emailAddress.ts'

/**
 * Knows which addresses the mail server accepts. A local part beyond ASCII needs SMTPUTF8 (RFC 6531). Without it no
 * mail would arrive, so the account could be neither activated nor recovered.
 */
export class Deliverability {
  #acceptsUnicode: () => Promise<boolean | undefined> = () => Promise.resolve(undefined)
  #refusesUnicode = false

  /** @param acceptsUnicode queries the mail server or a cache; undefined or a rejection if the answer is unknown */
  learnFrom(acceptsUnicode: () => Promise<boolean | undefined>): void {
    this.#acceptsUnicode = acceptsUnicode
    void this.#learn()
  }

  /**
   * Refuses an address that the mail server would refuse. The decision depends only on the form of the address, so
   * that it reveals no account, and on what the mail server said before, so that no request waits for it.
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
