import { Problem } from '../../problems.ts'
import type { EmailAddress } from '../emailAddress.ts'

/**
 * What the service knows about the addresses that its mail server takes. A local part beyond ASCII needs SMTPUTF8 (RFC
 * 6531); without it no mail would arrive, and so no account could be activated or recovered.
 */
export class Deliverability {
  #isUnicodeTaken: () => Promise<boolean | undefined> = () => Promise.resolve(undefined)
  #refusesUnicode = false

  /** @param isUnicodeTaken what the mail server says, remembered for a while; undefined or a rejection when it does not say */
  learnFrom(isUnicodeTaken: () => Promise<boolean | undefined>): void {
    this.#isUnicodeTaken = isUnicodeTaken
    void this.#learn()
  }

  /**
   * Decides by the form of the address alone, so that the answer reveals no account, and by what was learned before, so
   * that no request waits for a mail server.
   * @throws Problem invalid
   */
  requireDeliverable({ email }: EmailAddress): void {
    const local = email.slice(0, email.lastIndexOf('@'))
    if (/^[!-~]*$/.test(local)) return
    void this.#learn()
    if (!this.#refusesUnicode) return
    const detail = 'Our mail server takes only addresses whose part before the @ has no letters beyond A to Z.'
    throw new Problem('invalid', { errors: [{ pointer: '/email', code: 'undeliverable', detail }] })
  }

  async #learn(): Promise<void> {
    const taken = await this.#isUnicodeTaken().catch(() => undefined)
    if (taken !== undefined) this.#refusesUnicode = !taken
  }
}
