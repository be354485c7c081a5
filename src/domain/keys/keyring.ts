/** The signing keys in memory: which one signs now, which ones are published, and when they are read again. */

import type { KeyObject } from 'node:crypto'
import type { ListSigningKeysRow } from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { Clock } from '../clock.ts'
import type { Secrets } from './secrets.ts'
import { decryptKey, type Jwk, type SigningKey } from './signingKey.ts'
import { readOrCreateKeys, reencryptKeys } from './store.ts'

/** Seconds for which clients may cache the JWKS. */
export const jwksMaxAge = 300
/** Seconds after which a running instance knows a new key. */
export const reloadInterval = 60

/** Seconds between two reloads because of an unknown kid: any client can send one. */
const searchInterval = 5

/** Holds the keys that sign access tokens, decrypted. The database holds them encrypted under SECRET_KEY. */
export class Keyring {
  readonly #secrets: Secrets
  readonly #clock: Clock
  readonly #onFailure: (error: unknown) => void
  #db: Database | undefined
  #keys: readonly SigningKey[] = []
  #reloading: Promise<boolean> | undefined
  #search: Promise<boolean> = Promise.resolve(true)
  #nextSearchAt = 0

  /** @param onFailure receives the error when the keys cannot be read again; the loaded keys stay in use */
  constructor(secrets: Secrets, clock: Clock, onFailure: (error: unknown) => void = () => undefined) {
    this.#secrets = secrets
    this.#clock = clock
    this.#onFailure = onFailure
  }

  /**
   * Loads the keys. Creates the first one if there is none, and re-encrypts under SECRET_KEY those that are encrypted
   * under a previous one.
   * @throws StartError if no known SECRET_KEY decrypts a key; a new key never replaces it
   */
  async load(db: Database): Promise<void> {
    const rows = await this.#read(db)
    const outdated = rows.filter(({ secret_id }) => secret_id !== this.#secrets.id)
    this.#replace(outdated.length > 0 ? await reencryptKeys(db, outdated, this.#secrets) : rows)
    this.#db = db
  }

  /**
   * Reads the keys again at an interval, so that no instance needs a restart after a rotation.
   * @param interval in seconds
   */
  startReloading(interval = reloadInterval): { stop(): Promise<void> } {
    const timer = setInterval(() => void this.#reload(), interval * 1000).unref()
    const stop = async () => {
      clearInterval(timer)
      await this.#reloading
    }
    return { stop }
  }

  /** The key that signs now, by the database's clock. @throws Problem unavailable while the keys are not loaded */
  get current(): SigningKey {
    this.requireLoaded()
    const now = this.#clock.now()
    return (this.#keys.find(({ signsFrom }) => signsFrom <= now) ?? this.#keys.at(-1)) as SigningKey
  }

  /** @throws Problem unavailable while the keys are not loaded */
  requireLoaded(): void {
    if (this.#keys.length === 0) throw new Problem('unavailable', { cause: 'the signing keys are not loaded yet' })
  }

  /**
   * Finds a published key. An unknown kid may belong to a key that was created a moment ago, so the keys are read
   * again, once in 5 s for all callers.
   * @returns undefined if no published key has this kid
   * @throws Problem unavailable while the keys are not loaded or cannot be read: the token may be valid
   */
  async findPublicKey(kid: string): Promise<KeyObject | undefined> {
    this.requireLoaded()
    const known = this.#findPublished(kid)
    if (known) return known.publicKey
    if (performance.now() >= this.#nextSearchAt) {
      this.#nextSearchAt = performance.now() + searchInterval * 1000
      this.#search = this.#reload()
    }
    if (!(await this.#search)) throw new Problem('unavailable', { cause: 'the signing keys cannot be read' })
    return this.#findPublished(kid)?.publicKey
  }

  /** The published keys (RFC 7517, 5). @throws Problem unavailable while the keys are not loaded */
  get jwks(): { keys: Jwk[] } {
    this.requireLoaded()
    return { keys: this.#published().map(({ jwk }) => jwk) }
  }

  #published(): SigningKey[] {
    const now = this.#clock.now()
    return this.#keys.filter(({ retiresAt }) => now < retiresAt)
  }

  #findPublished(kid: string): SigningKey | undefined {
    return this.#published().find((key) => key.kid === kid)
  }

  #replace(rows: readonly ListSigningKeysRow[]): void {
    this.#keys = rows.map((row) => decryptKey(row, this.#secrets))
  }

  /** Reads the keys and corrects the clock by the same statement. */
  #read(db: Database): Promise<readonly ListSigningKeysRow[]> {
    return this.#clock.measure(
      () => readOrCreateKeys(db, this.#secrets),
      ([row]) => row?.now,
    )
  }

  /** Reads the keys again. Callers at the same time share one read. @returns whether it succeeded */
  #reload(): Promise<boolean> {
    this.#reloading ??= this.#readAgain().finally(() => {
      this.#reloading = undefined
    })
    return this.#reloading
  }

  async #readAgain(): Promise<boolean> {
    try {
      if (this.#db) this.#replace(await this.#read(this.#db))
      return true
    } catch (error) {
      this.#onFailure(error)
      return false
    }
  }
}
