import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/** The keys that follow from SECRET_KEY, one for each use; `id` names the SECRET_KEY without telling it. */
export type Secrets = Readonly<{ id: string; refreshTokens: KeyObject; signingKeys: KeyObject; cursors: KeyObject }>

export function deriveSecrets(secretKey: string): Secrets {
  const derive = (use: string) => Buffer.from(hkdfSync('sha256', secretKey, '', `gatehouse ${use}`, 32))
  return {
    id: derive('id').subarray(0, 6).toString('base64url'),
    refreshTokens: createSecretKey(derive('refresh tokens')),
    signingKeys: createSecretKey(derive('signing keys')),
    cursors: createSecretKey(derive('cursors')),
  }
}
