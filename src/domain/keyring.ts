import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  randomBytes,
} from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { insertSigningKey, listSigningKeys, lockSigningKeys, type ListSigningKeysRow } from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import { Problem, StartError } from '../problems.ts'
import type { Secrets } from './secrets.ts'

/** A public key as the JWKS shows it (RFC 7517). */
export type Jwk = { kty: 'EC'; use: 'sig'; alg: 'ES256'; kid: string; crv: 'P-256'; x: string; y: string }

type SigningKey = { kid: string; privateKey: KeyObject; publicKey: KeyObject; jwk: Jwk }

const ivBytes = 12
const tagBytes = 16

/** The keys that sign access tokens: in the database, the private parts encrypted under SECRET_KEY. */
export class Keyring {
  readonly #secrets: Secrets
  #keys: readonly SigningKey[] = []

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  /**
   * Reads the keys, and makes the first one where there is none.
   * @throws StartError when SECRET_KEY does not decrypt a key: another one is never minted over it
   */
  async load(db: Database): Promise<void> {
    const rows = await db.any(listSigningKeys())
    this.#keys = (rows.length > 0 ? rows : await createFirst(db, this.#secrets)).map((row) => open(row, this.#secrets))
  }

  /** @throws Problem unavailable until the keys are loaded */
  get current(): SigningKey {
    this.requireLoaded()
    return this.#keys[0] as SigningKey
  }

  /** @throws Problem unavailable until the keys are loaded */
  requireLoaded(): void {
    if (this.#keys.length === 0) throw new Problem('unavailable', { cause: 'the signing keys are not loaded yet' })
  }

  /** @throws Problem unavailable until the keys are loaded: a token is not invalid because nobody can say */
  find(kid: string): KeyObject | undefined {
    this.requireLoaded()
    return this.#keys.find((key) => key.kid === kid)?.publicKey
  }

  /** @throws Problem unavailable until the keys are loaded */
  get jwks(): { keys: Jwk[] } {
    this.requireLoaded()
    return { keys: this.#keys.map(({ jwk }) => jwk) }
  }
}

async function createFirst(db: Database, secrets: Secrets): Promise<readonly ListSigningKeysRow[]> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
  const jwk = publicJwk(publicKey)
  return db.transaction(async (transaction) => {
    await transaction.query(lockSigningKeys()) // instances that start at once take the same first key
    const existing = await transaction.any(listSigningKeys())
    if (existing.length > 0) return existing
    const sealed = encrypt(privateKey.export({ format: 'der', type: 'pkcs8' }), jwk.kid, secrets)
    await transaction.query(insertSigningKey({ kid: jwk.kid, privateKey: sealed, secretId: secrets.id }))
    return transaction.any(listSigningKeys())
  })
}

/** The key's id is its thumbprint (RFC 7638). */
function publicJwk(publicKey: KeyObject): Jwk {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const kid = createHash('sha256')
    .update(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }))
    .digest('base64url')
  return { kty: 'EC', use: 'sig', alg: 'ES256', kid, crv: 'P-256', x, y }
}

function open({ kid, private_key, secret_id }: ListSigningKeysRow, secrets: Secrets): SigningKey {
  if (secret_id !== secrets.id) throw wrongSecret(kid)
  const privateKey = createPrivateKey({ key: decrypt(private_key, kid, secrets), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(privateKey)
  return { kid, privateKey, publicKey, jwk: publicJwk(publicKey) }
}

function encrypt(plain: Buffer, kid: string, secrets: Secrets): Buffer {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', secrets.signingKeys, iv).setAAD(Buffer.from(kid))
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function decrypt(sealed: Uint8Array, kid: string, secrets: Secrets): Buffer {
  const bytes = Buffer.from(sealed)
  const decipher = createDecipheriv('aes-256-gcm', secrets.signingKeys, bytes.subarray(0, ivBytes))
  decipher.setAAD(Buffer.from(kid)).setAuthTag(bytes.subarray(-tagBytes))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()])
  } catch {
    throw wrongSecret(kid)
  }
}

function wrongSecret(kid: string): StartError {
  return new StartError(
    `SECRET_KEY does not decrypt the signing key ${kid} in the database: start with the SECRET_KEY that this database was set up with (without the setting, it is the file secret_key in DATA_DIR).`,
  )
}
