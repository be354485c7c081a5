import type { Contract } from './contract.ts'
import type { Ask, Case, Seen } from './probe.ts'

type Operation = Contract['operations'][number]
type Method = 'get' | 'put' | 'post' | 'delete' | 'patch'

const tooLarge = JSON.stringify({ text: 'a'.repeat(64 * 1024) })

/** What holds for every operation of its kind, and changes nothing: refused bodies, missing tokens, methods that are not there. */
export async function askGenerally(ask: Ask, contract: Contract, token: string | undefined): Promise<void> {
  for (const operation of contract.operations) {
    if (operation.security?.length) await askWithoutToken(ask, operation)
    // Whoever lacks the role is refused before the body is read.
    const asksForRole = operation.security?.some((schemes) => Object.values(schemes).flat().length > 0) ?? false
    if (operation.requestBody && !asksForRole && (!operation.security?.length || token !== undefined))
      await askBadBodies(ask, operation, operation.security?.length ? token : undefined)
  }
  const paths = new Map(contract.operations.toReversed().map((operation) => [operation.path, operation]))
  for (const [path, { operationId }] of [...paths].toReversed()) {
    const methods = contract.operations.filter((other) => other.path === path).map(({ method }) => method as Method)
    await askOtherMethod(ask, { operationId, path }, methods)
  }
}

async function askWithoutToken(ask: Ask, { operationId }: Operation): Promise<void> {
  await ask({ operationId, what: 'without a token', status: 401, code: 'not_authenticated' })
  await ask({ operationId, what: 'with a token that is none', token: 'none', status: 401, code: 'token_not_valid' })
}

async function askBadBodies(ask: Ask, { operationId, path }: Operation, token: string | undefined): Promise<void> {
  const invalid = { operationId, token, status: 400, code: 'invalid' }
  await ask({ ...invalid, what: 'a body that is not JSON', body: '{' })
  await ask({ ...invalid, what: 'a body that is no object', body: [] })
  await ask({ ...invalid, what: 'a body with an unknown member', body: { unknown_member: 1 } })
  if (path.endsWith('/'))
    await ask({ ...invalid, what: 'without the final slash', path: path.slice(0, -1), body: { unknown_member: 1 } })
  const asText = { body: '{}', headers: { 'Content-Type': 'text/plain' } }
  const unsupported = { status: 415, code: 'unsupported_media_type' }
  await ask({ operationId, token, what: 'a body of another type', ...asText, ...unsupported })
  await ask({ operationId, token, what: 'a body above 64 KiB', body: tooLarge, status: 413, code: 'content_too_large' })
}

async function askOtherMethod(ask: Ask, at: { operationId: string; path: string }, methods: Method[]): Promise<void> {
  const method = (['put', 'delete', 'patch'] as const).find((other) => !methods.includes(other))
  if (method === undefined) return
  const allowed = [...methods, ...(methods.includes('get') ? ['head'] : [])].map((name) => name.toUpperCase()).sort()
  const also = ({ headers }: Seen) => {
    const named = (headers['allow'] ?? '').split(/\s*,\s*/).sort()
    return named.join() === allowed.join()
      ? []
      : [`header allow names ${named.join(', ')} instead of ${allowed.join(', ')}`]
  }
  const refused = { status: 405, code: 'method_not_allowed', method: method.toUpperCase(), also }
  await ask({ ...at, what: 'a method that the path does not have', ...refused })
}

/** A GET, its HEAD, and both once more without the final slash. */
export async function askGet(ask: Ask, given: Case & { path: string }): Promise<Seen | undefined> {
  const seen = await ask(given)
  if (seen) await ask({ ...given, what: `${given.what}, HEAD`, method: 'HEAD', like: seen })
  const [path = '', ...query] = given.path.split('?')
  const twin = [path.replace(/\/$/, ''), ...query].join('?')
  if (twin !== given.path) await ask({ ...given, what: `${given.what}, without the final slash`, path: twin })
  return seen
}
