/** Compares replies of a Django project with those of the service, as a client of Django REST Framework sees them. */
export type Reply = { status: number; headers: Headers; body: unknown }

export type Difference = { member: string; django: unknown; gatehouse: unknown }

/** Returns a value in the form in which the values of the two systems are compared. */
export type Normalize = (member: string, value: unknown) => unknown

const ids = new Set(['id', 'user', 'user_id'])
const pages = new Set(['next', 'previous'])

/** The texts of `detail` that clients compare, because these errors have no `code` in Django. */
const comparedDetails = [
  'Authentication credentials were not provided.',
  'No active account found with the given credentials',
]

/**
 * Lists the differences that a client can notice. The service may add members, because clients ignore those that they
 * do not know. Ids and the URLs of other pages are compared by their presence, and so are most texts for people.
 * Django names an invalid field by a member of the body, and the service in `errors`: only the names are compared.
 */
export function compareReplies(django: Reply, gatehouse: Reply, normalize: Normalize = asInstant): Difference[] {
  const differences: Difference[] = []
  if (django.status !== gatehouse.status)
    differences.push({ member: 'status', django: django.status, gatehouse: gatehouse.status })
  for (const name of ['WWW-Authenticate', 'Location']) {
    const [theirs, ours] = [django.headers.get(name), gatehouse.headers.get(name)]
    if (theirs !== ours) differences.push({ member: name, django: theirs, gatehouse: ours })
  }
  const [theirs, ours] = [fieldsOf(django), fieldsOf(gatehouse)]
  if (!theirs || !ours) return [...differences, ...compareValues('', django.body, gatehouse.body, normalize)]
  return theirs.join() === ours.join()
    ? differences
    : [...differences, { member: 'invalid fields', django: theirs, gatehouse: ours }]
}

/** Returns the names of the invalid fields, or undefined if the reply reports none. */
function fieldsOf({ status, body }: Reply): string[] | undefined {
  if (status !== 400 || !isObject(body)) return undefined
  if ('errors' in body) {
    const errors = body['errors'] as { pointer?: string; parameter?: string }[]
    return [...new Set(errors.map(({ pointer, parameter }) => parameter ?? pointer?.slice(1) ?? ''))].sort()
  }
  const fields = Object.entries(body).filter(([, value]) => Array.isArray(value))
  const nameOf = (field: string) => (field === 'non_field_errors' ? '' : field)
  return fields.length === 0 ? undefined : fields.map(([name]) => nameOf(name)).sort()
}

function compareValues(member: string, django: unknown, gatehouse: unknown, normalize: Normalize): Difference[] {
  if (Array.isArray(django) && Array.isArray(gatehouse)) {
    if (django.length !== gatehouse.length) return [{ member, django: django.length, gatehouse: gatehouse.length }]
    return django.flatMap((item, index) => compareValues(`${member}[${index}]`, item, gatehouse[index], normalize))
  }
  if (isObject(django) && isObject(gatehouse)) {
    return Object.entries(django).flatMap(([name, value]) =>
      compareValues(
        member === '' ? name : `${member}.${name}`,
        normalize(name, presence(name, value)),
        normalize(name, presence(name, gatehouse[name])),
        normalize,
      ),
    )
  }
  return JSON.stringify(django) === JSON.stringify(gatehouse) ? [] : [{ member, django, gatehouse }]
}

/** Replaces a value that may differ by a text that only says whether there is a value. */
function presence(name: string, value: unknown): unknown {
  if (value === null || value === undefined) return value
  if (ids.has(name)) return '(id)'
  if (pages.has(name)) return '(page)'
  return name === 'detail' && !comparedDetails.some((text) => text === value) ? '(text)' : value
}

/** The two systems may write the same time with different digits. */
function asInstant(_: string, value: unknown): unknown {
  const isTime = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value)
  return isTime && !Number.isNaN(Date.parse(value)) ? new Date(value).toISOString() : value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
