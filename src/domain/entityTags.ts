import { hash } from 'node:crypto'
import { Problem } from '../problems.ts'

/** Makes a strong entity tag from the body of a reply, so that another body has another tag (RFC 9110, 8.8.1). */
export function makeEntityTag(body: object): string {
  return `"${hash('sha256', JSON.stringify(body), 'base64url').slice(0, 22)}"`
}

/**
 * Requires that If-Match, if sent, is `*` or contains the entity tag of a body. Weak tags never match (RFC 9110,
 * 13.1.1).
 * @param body the body that a GET would return now
 * @throws Problem precondition_failed
 */
export function requireMatch(ifMatch: string | undefined, body: object): void {
  if (ifMatch === undefined || ifMatch === '*') return
  const tags: string[] = ifMatch.match(/(W\/)?"[^"]*"/g) ?? []
  if (!tags.includes(makeEntityTag(body))) throw new Problem('precondition_failed')
}
