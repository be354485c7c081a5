/** Compares the replies of the two systems, as a client of Django REST Framework would notice a difference. */
import type { Reply } from './case.ts'

const ids = new Set(['id', 'user', 'user_id'])

/** The texts of `detail` that clients compare, because these errors have no `code` in Django. */
const comparedDetails = [
  'Authentication credentials were not provided.',
  'No active account found with the given credentials',
]

/**
 * Lists the differences that a client can notice. The service may add members, because clients ignore those that they
 * do not know. Django names an invalid field by a member of the body, and the service in `errors`: only the names are
 * compared. Tokens, ids and times are compared by their form, and most texts for people only by their presence.
 */
export function findDifferences(django: Reply, gatehouse: Reply): string[] {
  const differences = django.status === gatehouse.status ? [] : [`status ${django.status} → ${gatehouse.status}`]
  for (const name of ['WWW-Authenticate', 'Location'])
    if (django.headers.get(name) !== gatehouse.headers.get(name))
      differences.push(`${name}: ${django.headers.get(name)} → ${gatehouse.headers.get(name)}`)
  const [theirs, ours] = [fieldsOf(django), fieldsOf(gatehouse)]
  if (theirs && ours) {
    if (theirs.join() !== ours.join()) differences.push(`fields ${theirs.join()} → ${ours.join()}`)
    return differences
  }
  return [...differences, ...compare('', django.body, gatehouse.body)]
}

/** Returns the names of the invalid fields, or undefined if the reply reports none. */
function fieldsOf({ status, body }: Reply): string[] | undefined {
  if (status !== 400 || typeof body !== 'object' || body === null) return undefined
  if ('errors' in body) {
    const errors = body.errors as { pointer?: string; parameter?: string }[]
    return [...new Set(errors.map(({ pointer, parameter }) => parameter ?? pointer?.slice(1) ?? ''))].sort()
  }
  const fields = Object.entries(body).filter(([, value]) => Array.isArray(value))
  const nameOf = (field: string) => (field === 'non_field_errors' ? '' : field)
  return fields.length === 0 ? undefined : fields.map(([name]) => nameOf(name)).sort()
}

function compare(path: string, django: unknown, gatehouse: unknown): string[] {
  if (Array.isArray(django) && Array.isArray(gatehouse)) {
    const length = django.length === gatehouse.length ? [] : [`${path}: ${django.length} → ${gatehouse.length} items`]
    return [...length, ...django.slice(0, 1).flatMap((item, index) => compare(`${path}[]`, item, gatehouse[index]))]
  }
  if (isObject(django) && isObject(gatehouse)) {
    return Object.entries(django).flatMap(([name, value]) => {
      const member = path === '' ? name : `${path}.${name}`
      return name in gatehouse ? compare(member, form(name, value), form(name, gatehouse[name])) : [`no ${member}`]
    })
  }
  return JSON.stringify(django) === JSON.stringify(gatehouse) ? [] : [`${path} ${show(django)} → ${show(gatehouse)}`]
}

/** Replaces a value that differs between two runs by its form. */
function form(name: string, value: unknown): unknown {
  if (ids.has(name)) return '(id)'
  if (typeof value !== 'string') return value
  if (name === 'detail' && !comparedDetails.includes(value)) return '(text)'
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(value)) return `(token with ${claimsOf(value)})`
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(value)) return '(time)'
  return value.replace(/^http:\/\/127\.0\.0\.1:\d+/, '')
}

/** Lists the claims that simplejwt puts into a token. The service adds others. */
function claimsOf(token: string): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
  const form = (name: string) => `${name} ${name === 'token_type' ? String(claims[name]) : typeof claims[name]}`
  return ['token_type', 'exp', 'iat', 'jti', 'user_id'].map(form).join(', ')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
