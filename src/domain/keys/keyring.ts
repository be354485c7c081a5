/**
 * The signing keys in memory: the key that signs now, the published keys, and the functions that read the keys again.
 */

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
/** Seconds after which every running instance has loaded a new key. */
export const reloadInterval = 60

/**
 * Seconds between two reloads that an unknown kid causes. The interval is needed because any client can send an
 * unknown kid.
 */
const searchInterval = 5

/** Holds the signing keys, in decrypted form. The database holds these keys encrypted under SECRET_KEY. */
export class Keyring {
  readonly #secrets: Secrets
  readonly #clock: Clock
  readonly #onFailure: (error: unknown) => void
  #db: Database | undefined
  #keys: readonly SigningKey[] = []
  #reloading: Promise<boolean> | undefined
  #search: Promise<boolean> = Promise.resolve(true)
  #nextSearchAt = 0

  /** @param onFailure receives the error when the keys cannot be read again; the keys that are loaded stay in use */
  constructor(secrets: Secrets, clock: Clock, onFailure: (error: unknown) => void = () => undefined) {
    this.#secrets = secrets
    this.#clock = clock
    this.#onFailure = onFailure
  }

  /**
   * Loads the keys. It creates the first key if there is none. Keys that are encrypted under a previous SECRET_KEY
   * are encrypted again under the present one.
   * @throws StartError if no known SECRET_KEY decrypts a key; the service never replaces such a key by a new one
   */
  async load(db: Database): Promise<void> {
    const rows = await this.#read(db)
    const outdated = rows.filter(({ secret_id }) => secret_id !== this.#secrets.id)
    this.#replace(outdated.length > 0 ? await reencryptKeys(db, outdated, this.#secrets) : rows)
    this.#db = db
  }

  /**
   * Reads the keys again at an interval, so that no instance needs a restart after a rotation.
   * @param interval the seconds between two reads
   */
  startReloading(interval = reloadInterval): { stop(): Promise<void> } {
    const timer = setInterval(() => void this.#reload(), interval * 1000).unref()
    const stop = async () => {
      clearInterval(timer)
      await this.#reloading
    }
    return { stop }
  }

  /**
   * The key that signs now, according to the database's clock. @throws Problem unavailable while the keys are not
   * loaded
   */
  get current(): SigningKey {
    this.requireLoaded()
    const now = this.#clock.now()
    return (this.#keys.find(({ signsFrom }) => signsFrom <= now) ?? this.#keys.at(-1)) as SigningKey
  }

  /** The seconds for which the current key has signed; undefined while the keys are not loaded. */
  get currentAge(): number | undefined {
    return this.#keys.length === 0 ? undefined : this.#clock.now() - this.current.signsFrom
  }

  /** @throws Problem unavailable while the keys are not loaded */
  requireLoaded(): void {
    if (this.#keys.length === 0) throw new Problem('unavailable', { cause: 'the signing keys are not loaded yet' })
  }

  /**
   * Finds a published key. An unknown kid may belong to a key that was created a moment ago. For such a kid the keys
   * are read again, at most once in 5 s for all callers together.
   * @returns undefined if no published key has this kid
   * @throws Problem unavailable while the keys are not loaded or cannot be read, because the token may be valid
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

  /** Reads the keys. The same statement returns the database's time, by which this function corrects the clock. */
  #read(db: Database): Promise<readonly ListSigningKeysRow[]> {
    return this.#clock.measure(
      () => readOrCreateKeys(db, this.#secrets),
      ([row]) => row?.now,
    )
  }

  /** Reads the keys again. Callers at the same time share one read. @returns whether the read succeeded */
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
