import type { KeyObject } from 'node:crypto'
import type { ListSigningKeysRow } from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { Clock } from '../clock.ts'
import type { Secrets } from './secrets.ts'
import { decryptKey, type Jwk, type SigningKey } from './signingKey.ts'
import { readOrCreateKeys, reencryptKeys } from './store.ts'

/** Seconds: how long others may keep the JWKS, and how soon a running instance knows of a new key. */
export const jwksMaxAge = 300
export const reloadInterval = 60

/** Seconds between two readings for the sake of an unknown kid, which anybody can send. */
const searchInterval = 5

/** The keys that sign access tokens: in the database, the private parts encrypted under SECRET_KEY. */
export class Keyring {
  readonly #secrets: Secrets
  readonly #clock: Clock
  readonly #onFailure: (error: unknown) => void
  #db: Database | undefined
  #keys: readonly SigningKey[] = []
  #reloading: Promise<boolean> | undefined
  #search: Promise<boolean> = Promise.resolve(true)
  #searchAgainAt = 0

  /** @param onFailure told why the keys could not be read again; those that are known stay in use */
  constructor(secrets: Secrets, clock: Clock, onFailure: (error: unknown) => void = () => undefined) {
    this.#secrets = secrets
    this.#clock = clock
    this.#onFailure = onFailure
  }

  /**
   * Reads the keys; makes the first one where there is none, and encrypts under SECRET_KEY what is under a previous one.
   * @throws StartError when neither decrypts a key: another one is never minted over it
   */
  async load(db: Database): Promise<void> {
    const rows = await this.#read(db)
    const outdated = rows.filter(({ secret_id }) => secret_id !== this.#secrets.id)
    this.#take(outdated.length > 0 ? await reencryptKeys(db, outdated, this.#secrets) : rows)
    this.#db = db
  }

  /** Reads the keys again every so many seconds, so that no instance needs a restart when they are rotated. */
  startReloading(interval = reloadInterval): { stop(): Promise<void> } {
    const timer = setInterval(() => void this.#reload(), interval * 1000).unref()
    const stop = async () => {
      clearInterval(timer)
      await this.#reloading
    }
    return { stop }
  }

  /** The key that signs now, by the database's clock. @throws Problem unavailable until the keys are loaded */
  get current(): SigningKey {
    this.requireLoaded()
    const now = this.#clock.now()
    return (this.#keys.find(({ signsFrom }) => signsFrom <= now) ?? this.#keys.at(-1)) as SigningKey
  }

  /** @throws Problem unavailable until the keys are loaded */
  requireLoaded(): void {
    if (this.#keys.length === 0) throw new Problem('unavailable', { cause: 'the signing keys are not loaded yet' })
  }

  /**
   * A published key. One that is not known may have been made a moment ago: the keys are read again, once for all who ask
   * within 5 s.
   * @throws Problem unavailable until the keys are loaded, or when they cannot be read: a token is not invalid because nobody can say
   */
  async findPublicKey(kid: string): Promise<KeyObject | undefined> {
    this.requireLoaded()
    const known = this.#findPublished(kid)
    if (known) return known.publicKey
    if (performance.now() >= this.#searchAgainAt) {
      this.#searchAgainAt = performance.now() + searchInterval * 1000
      this.#search = this.#reload()
    }
    if (!(await this.#search)) throw new Problem('unavailable', { cause: 'the signing keys cannot be read' })
    return this.#findPublished(kid)?.publicKey
  }

  /** @throws Problem unavailable until the keys are loaded */
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

  #take(rows: readonly ListSigningKeysRow[]): void {
    this.#keys = rows.map((row) => decryptKey(row, this.#secrets))
  }

  #read(db: Database): Promise<readonly ListSigningKeysRow[]> {
    return this.#clock.measure(
      () => readOrCreateKeys(db, this.#secrets),
      ([row]) => row?.now,
    )
  }

  /** Whoever asks while the keys are being read waits for the same answer. @returns whether they could be read */
  #reload(): Promise<boolean> {
    this.#reloading ??= this.#readAgain().finally(() => {
      this.#reloading = undefined
    })
    return this.#reloading
  }

  async #readAgain(): Promise<boolean> {
    try {
      if (this.#db) this.#take(await this.#read(this.#db))
      return true
    } catch (error) {
      this.#onFailure(error)
      return false
    }
  }
}
