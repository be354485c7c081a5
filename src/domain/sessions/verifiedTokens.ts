import { hash, type KeyObject } from 'node:crypto'
import { clockSkew } from '../clock.ts'

/** A token that was valid when its key verified it. `validFrom` and `expiresAt` are in seconds since 1970. */
export type Verified<Claims> = { claims: Claims; kid: string; key: KeyObject; validFrom: number; expiresAt: number }

/** The largest number of tokens. One takes about 300 bytes. */
const maxTokens = 10_000

/**
 * Remembers tokens whose signature was verified, because verifying a signature takes longer than anything else in a
 * short request. It stores hashes of tokens, not tokens.
 */
export class VerifiedTokens<Claims> {
  readonly #tokens = new Map<string, Verified<Claims>>()

  /**
   * Finds a token that is still valid: by its times, and because the key that verified it is still published.
   * @param now in seconds since 1970
   */
  async find(
    token: string,
    now: number,
    findKey: (kid: string) => Promise<KeyObject | undefined>,
  ): Promise<Claims | undefined> {
    const verified = this.#tokens.get(digestOf(token))
    if (!verified || now >= verified.expiresAt + clockSkew || verified.validFrom > now + clockSkew) return undefined
    const key = await findKey(verified.kid)
    if (key === undefined) return undefined
    if (key !== verified.key) {
      // The keys are read again every minute, and are new objects then.
      if (!key.equals(verified.key)) return undefined
      verified.key = key
    }
    return verified.claims
  }

  add(token: string, verified: Verified<Claims>): void {
    const [oldest] = this.#tokens.size < maxTokens ? [] : this.#tokens.keys()
    if (oldest !== undefined) this.#tokens.delete(oldest)
    this.#tokens.set(digestOf(token), verified)
  }

  get size(): number {
    return this.#tokens.size
  }
}

function digestOf(token: string): string {
  return hash('sha256', token, 'base64url')
}
