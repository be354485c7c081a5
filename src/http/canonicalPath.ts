import { Problem } from '../problems.ts'

/**
 * Returns the path of a request target in origin-form as the router knows it: with the final slash of an API path,
 * which a file name does not get. It decodes and folds nothing: no path of the contract needs a percent-escape, so
 * that one with an escape is unknown, or malformed (security 71).
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
  const mark = target.indexOf('?')
  return mark < 0 ? '' : target.slice(mark + 1)
}

/**
 * Reduces a proxy's absolute-form (RFC 9112, 3.2.2) to origin-form. Its host is ignored, and may be malformed, which
 * Koa would not accept.
 * @returns '*' for any other form: the service has no path of that name
 */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target
  const [origin] = /^https?:\/\/[^/?#]*/i.exec(target) ?? []
  return origin === undefined ? '*' : target.slice(origin.length).replace(/^(?!\/)/, '/')
}
