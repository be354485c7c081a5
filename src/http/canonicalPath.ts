import { Problem } from '../problems.ts'

/**
 * Returns the path of a request target in origin-form, in the spelling that the router uses. The path of an operation
 * or page gets a final slash, but a file name does not. The function does not decode the path and does not change its
 * case. No path of the contract needs a percent-escape, so a path with an escape is either unknown or malformed
 * (security 71).
 * @throws Problem invalid for a malformed percent-escape, not_found for any other percent-escape
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
  return /^\/(api|account|console)\/(.*\/)?[^/.]+$/.test(path) ? `${path}/` : path
}

/** Returns the query string of a request target, without its question mark. */
export function queryOf(target: string): string {
  const mark = target.indexOf('?')
  return mark < 0 ? '' : target.slice(mark + 1)
}

/**
 * Reduces a request target to origin-form. A proxy may send the absolute-form (RFC 9112, 3.2.2). The host in an
 * absolute-form target is ignored, because it may be malformed, and Koa would not accept it.
 * @returns '*' for a target in any other form, because no path of the service is called '*'
 */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target
  const [origin] = /^https?:\/\/[^/?#]*/i.exec(target) ?? []
  return origin === undefined ? '*' : target.slice(origin.length).replace(/^(?!\/)/, '/')
}
