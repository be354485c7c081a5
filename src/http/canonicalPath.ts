import { Problem } from '../problems.ts'

/**
 * The path of a request target, in origin-form, as the router knows it: the final slash of an API path added (not to the name of a file), nothing decoded, nothing folded.
 * No path of the contract needs a percent-escape, so one that has any is unknown, or malformed (security 71).
 * @throws Problem invalid for a malformed escape, not_found for any other
 */
export function canonicalPath(target: string): string {
  const [path = ''] = target.split('?', 1)
  if (path.includes('%')) {
    try {
      decodeURIComponent(path)
    } catch (cause) {
      throw new Problem('invalid', { detail: 'The path has a malformed percent-escape.', cause })
    }
    throw new Problem('not_found')
  }
  return /^\/(api|account)\/(.*\/)?[^/.]+$/.test(path) ? `${path}/` : path
}

/** The query string of a request target, without its question mark. */
export function queryOf(target: string): string {
  const at = target.indexOf('?')
  return at < 0 ? '' : target.slice(at + 1)
}

/**
 * A proxy's absolute-form (RFC 9112, 3.2.2) is answered like origin-form: its host counts for nothing, and need not even make sense,
 * as Koa would want of it. Any other form is no path here.
 */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target
  const [origin] = /^https?:\/\/[^/?#]*/i.exec(target) ?? []
  return origin === undefined ? '*' : target.slice(origin.length).replace(/^(?!\/)/, '/')
}
