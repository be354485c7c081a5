/** One signing key: generates it, encrypts it for the database, decrypts it again and makes its public JWK. */

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
import type { ListSigningKeysRow } from '../../../generated/queries.ts'
import { StartError } from '../../problems.ts'
import { findSecret, type Secret, type Secrets } from './secrets.ts'

/** A public key as the JWKS contains it (RFC 7517). */
export type Jwk = { kty: 'EC'; use: 'sig'; alg: 'ES256'; kid: string; crv: 'P-256'; x: string; y: string }

/**
 * A decrypted key. Times are in seconds since 1970, by the database's clock. `retiresAt` is Infinity while the key
 * has no successor.
 */
export type SigningKey = {
  kid: string
  privateKey: KeyObject
  publicKey: KeyObject
  jwk: Jwk
  signsFrom: number
  retiresAt: number
}

/** A key as the database stores it: the encrypted private key, and the id of the SECRET_KEY that decrypts it. */
export type EncryptedKey = { kid: string; privateKey: Buffer; secretId: string }
type StoredKey = Pick<ListSigningKeysRow, 'kid' | 'private_key' | 'secret_id'>

const ivBytes = 12
const tagBytes = 16

/** Generates a P-256 key and encrypts it under the present SECRET_KEY. */
export async function generateKey(secrets: Secrets): Promise<EncryptedKey> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
  return encrypt(privateKey.export({ format: 'der', type: 'pkcs8' }), publicJwk(publicKey).kid, secrets)
}

/** Decrypts a stored key. @throws StartError if neither SECRET_KEY nor a previous one decrypts it */
export function decryptKey(row: ListSigningKeysRow, secrets: Secrets): SigningKey {
  const privateKey = createPrivateKey({ key: decrypt(row, secrets), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(privateKey)
  return {
    kid: row.kid,
    privateKey,
    publicKey,
    jwk: publicJwk(publicKey),
    signsFrom: Date.parse(row.signs_from) / 1000,
    retiresAt: row.retires_at === null ? Infinity : Date.parse(row.retires_at) / 1000,
  }
}

/**
 * Encrypts a stored key again, under the present SECRET_KEY.
 * @throws StartError if no known SECRET_KEY decrypts the key
 */
export function reencryptKey(row: StoredKey, secrets: Secrets): EncryptedKey {
  return encrypt(decrypt(row, secrets), row.kid, secrets)
}

/** Makes the JWK of a public key. Its kid is the key's thumbprint (RFC 7638). */
function publicJwk(publicKey: KeyObject): Jwk {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const kid = createHash('sha256')
    .update(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }))
    .digest('base64url')
  return { kty: 'EC', use: 'sig', alg: 'ES256', kid, crv: 'P-256', x, y }
}

/**
 * Encrypts a private key by AES-256-GCM. The kid is authenticated, so that no row can be stored under another key's
 * kid.
 */
function encrypt(plain: Buffer, kid: string, secret: Secret): EncryptedKey {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', secret.signingKeys, iv).setAAD(Buffer.from(kid))
  const encrypted = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  return { kid, privateKey: encrypted, secretId: secret.id }
}

function decrypt({ kid, private_key, secret_id }: StoredKey, secrets: Secrets): Buffer {
  const secret = findSecret(secrets, secret_id)
  if (!secret) throw wrongSecret(kid)
  const bytes = Buffer.from(private_key)
  const decipher = createDecipheriv('aes-256-gcm', secret.signingKeys, bytes.subarray(0, ivBytes))
  decipher.setAAD(Buffer.from(kid)).setAuthTag(bytes.subarray(-tagBytes))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()])
  } catch {
    throw wrongSecret(kid)
  }
}

function wrongSecret(kid: string): StartError {
  return new StartError(
    `SECRET_KEY does not decrypt the signing key ${kid} in the database: start with the SECRET_KEY that this database was set up with (without the setting, it is the file secret_key in DATA_DIR), or add that key to SECRET_KEY_PREVIOUS.`,
  )
}
