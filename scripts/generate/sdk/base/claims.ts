import type { TokenPair } from '../../../../generated/sdk/types.ts'

type Claims = { sub: string; iat: number; exp: number }

/** Reads the claims of an access token, without verifying it. */
export function claimsOf(access: string | undefined): Claims | undefined {
  try {
    const text = access?.split('.')[1]?.replace(/-/g, '+').replace(/_/g, '/')
    return text === undefined ? undefined : (JSON.parse(atob(text)) as Claims)
  } catch {
    return undefined
  }
}

export const userOf = (tokens: TokenPair | undefined): string | undefined => claimsOf(tokens?.access)?.sub

/**
 * Whether a call with the first tokens may be continued with the others. A call of one user is never repeated with the
 * token of another user. An empty access token was never sent.
 */
export function isSameUser(one: TokenPair, other: TokenPair | undefined): other is TokenPair {
  if (one.access === '') return other !== undefined
  const user = userOf(one)
  return user !== undefined && user === userOf(other)
}
