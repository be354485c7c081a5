import { Problem } from '../problems.ts'

/**
 * Reads the token of an Authorization header field: `Bearer`, spaces and a token68 (RFC 6750, 2.1; RFC 9110, 11.4). A
 * token in the query is ignored (security 53).
 * @throws Problem not_authenticated, token_not_valid
 */
export function readBearerToken(authorization: string): string {
  const [, scheme = '', rest = ''] = /^([^ \t]*)(.*)$/.exec(authorization) ?? []
  if (scheme.toLowerCase() !== 'bearer') throw new Problem('not_authenticated')
  const [, token] = /^ +([\w.~+/-]+=*)$/.exec(rest) ?? []
  if (token === undefined) throw new Problem('token_not_valid', { cause: 'malformed Authorization header' })
  return token
}
