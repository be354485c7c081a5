import { createHmac, sign, type KeyObject } from 'node:crypto'

export type TokenParts = { header: Record<string, unknown>; claims: Record<string, unknown> | string }

/** Signs a token that an attacker or a faulty issuer might send. Without a key the signature is empty. */
export function forge({ header, claims }: TokenParts, key?: KeyObject): string {
  const texts = [JSON.stringify(header), typeof claims === 'string' ? claims : JSON.stringify(claims)]
  const signed = texts.map((text) => Buffer.from(text).toString('base64url')).join('.')
  return `${signed}.${key ? signText(signed, key, header['alg']) : ''}`
}

/** Returns the signature of a token with this header and payload. */
export function signText(text: string, key: KeyObject, algorithm?: unknown): string {
  const hash = algorithm === 'HS512' ? 'sha512' : algorithm === 'HS384' ? 'sha384' : 'sha256'
  if (key.type === 'secret') return createHmac(hash, key).update(text).digest('base64url')
  return sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
}

export function decode(token: string): { header: Record<string, unknown>; claims: Record<string, unknown> } {
  const [header, claims] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
  return { header: parse(header), claims: parse(claims) }
}

function parse(text = ''): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>
}
