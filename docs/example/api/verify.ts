import { createRemoteJWKSet, errors, jwtVerify } from 'jose'

export type User = { id: string; isAdmin: boolean }

const issuer = process.env['ACCOUNTS'] ?? 'http://localhost:8000'
const discovery = await fetch(`${issuer}/.well-known/openid-configuration`)
const { jwks_uri } = (await discovery.json()) as { jwks_uri: string }
const keys = createRemoteJWKSet(new URL(jwks_uri)) // fetched again when a token has a new key

/** Returns the user whose valid access token a request has, or undefined if it has none. */
export async function findUser(authorization: string): Promise<User | undefined> {
  const [, token = ''] = /^Bearer +(\S+)$/i.exec(authorization) ?? []
  try {
    const { payload } = await jwtVerify<{ sub: string; roles?: string[] }>(token, keys, {
      algorithms: ['ES256'],
      typ: 'at+jwt',
      issuer,
      audience: issuer,
      clockTolerance: 5,
      requiredClaims: ['exp', 'iat', 'sub', 'jti'],
    })
    return { id: payload.sub, isAdmin: payload.roles?.includes('superuser') ?? false }
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}
