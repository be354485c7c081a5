import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/** The keys that follow from one SECRET_KEY, one for each use; `id` names it without telling it. */
export type Secret = Readonly<{
  id: string
  refreshTokens: KeyObject
  signingKeys: KeyObject
  cursors: KeyObject
  limits: KeyObject
}>

/** Those of SECRET_KEY, by which everything is made, and those of SECRET_KEY_PREVIOUS, by which it may have been made. */
export type Secrets = Secret & Readonly<{ previous: readonly Secret[] }>

export function deriveSecrets(secretKey: string, previousKeys: readonly string[] = []): Secrets {
  return { ...deriveSecret(secretKey), previous: previousKeys.map(deriveSecret) }
}

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
  }
}
