/**
 * The symmetric keys that are derived from SECRET_KEY. These keys sign refresh tokens, encrypt cursors and signing
 * keys, and hash the keys of limits and of repeated requests.
 */

import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/**
 * The keys that are derived from one SECRET_KEY, one for each use. `id` identifies that SECRET_KEY and does not
 * reveal it.
 */
export type Secret = Readonly<{
  id: string
  refreshTokens: KeyObject
  signingKeys: KeyObject
  cursors: KeyObject
  limits: KeyObject
  idempotencyKeys: KeyObject
}>

/**
 * The keys that are derived from SECRET_KEY, which sign and encrypt. `previous` has the keys that are derived from
 * SECRET_KEY_PREVIOUS, which only verify and decrypt.
 */
export type Secrets = Secret & Readonly<{ previous: readonly Secret[] }>

/** Derives all keys by HKDF (RFC 5869). */
export function deriveSecrets(secretKey: string, previousKeys: readonly string[] = []): Secrets {
  return { ...deriveSecret(secretKey), previous: previousKeys.map(deriveSecret) }
}

/** Finds the keys that were derived from the SECRET_KEY with this id, present or previous. */
export function findSecret(secrets: Secrets, id: string): Secret | undefined {
  return [secrets, ...secrets.previous].find((secret) => secret.id === id)
}

function deriveSecret(secretKey: string): Secret {
  const derive = (use: string) => Buffer.from(hkdfSync('sha256', secretKey, '', `gatehouse ${use}`, 32))
  return {
    id: derive('id').subarray(0, 6).toString('base64url'),
    refreshTokens: createSecretKey(derive('refresh tokens')),
    signingKeys: createSecretKey(derive('signing keys')),
    cursors: createSecretKey(derive('cursors')),
    limits: createSecretKey(derive('limits')),
    idempotencyKeys: createSecretKey(derive('idempotency keys')),
  }
}
