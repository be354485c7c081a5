import type { DeployedContract } from './deployedContract.ts'

export type Reply = { status: number; headers: Record<string, string>; body: unknown }
type Problem = { type?: unknown; title?: unknown; status?: unknown; code?: unknown; request_id?: unknown }

/**
 * Finds errors in a problem document that its schema cannot express: the members must agree with each other, with the
 * header fields, and with the contract's example of the same code. The type is a URL, and the host in it depends on
 * the deployment.
 */
export function checkProblem({ problems }: DeployedContract, { status, headers, body }: Reply): string[] {
  if (status < 400) return []
  const { type, title, status: named, code, request_id: requestId } = (body ?? {}) as Problem
  const name = String(code)
  const example = problems.get(name)
  const [expectedType] = /\/problems\/.*/.exec(example?.type ?? '') ?? [`/problems/${name}`]
  const isTitle = example ? title === example.title : typeof title === 'string' && title.trim() !== ''
  return [
    ...(requestId === headers['x-request-id'] ? [] : ['header x-request-id differs from request_id']),
    ...(named === status ? [] : [`member status is ${String(named)} in a reply with ${status}`]),
    ...(String(type).endsWith(expectedType) ? [] : [`type ${String(type)} does not end with ${expectedType}`]),
    ...(isTitle ? [] : [`title "${String(title)}" instead of "${example?.title ?? 'any text'}"`]),
  ]
}

/**
 * Finds errors in the header fields of a limit. Every reply to a counted request of a limited operation has these
 * fields. A request that does not match the contract is not counted.
 */
export function checkLimit({ isLimited }: DeployedContract, operationId: string, reply: Reply): string[] {
  const { code } = (reply.body ?? {}) as Problem
  if (code === 'invalid' || !isLimited(operationId, reply.status)) return []
  const { 'ratelimit-policy': policy, ratelimit: state } = reply.headers
  if (policy === undefined || state === undefined)
    return ['header ratelimit or ratelimit-policy is missing: with RATE_LIMITS=off, give --no-limits']
  const [, policyName, quota] = /^"([^"]+)";q=(\d+);/.exec(policy) ?? []
  const [, name, remaining] = /^"([^"]+)";r=(\d+);/.exec(state) ?? []
  return name === policyName && Number(remaining) <= Number(quota)
    ? []
    : [`header ratelimit ${state} does not fit to ratelimit-policy ${policy}`]
}

/** Finds an error in the caching of a reply. Nothing below /api/v1 may be stored. */
export function checkCaching({ headers }: Reply): string[] {
  const value = headers['cache-control']
  return value === 'no-store' ? [] : [`header cache-control is ${String(value)} instead of no-store`]
}

/** Makes a check that finds an error in a reply that has the request id of an earlier reply. */
export function createRequestIdCheck(): (reply: Reply) => string[] {
  const seen = new Set<string>()
  return ({ headers: { 'x-request-id': id } }) => {
    if (id === undefined) return []
    const isRepeated = seen.has(id)
    seen.add(id)
    return isRepeated ? ['header x-request-id is that of another reply'] : []
  }
}

/** Compares two JSON values member by member. The order of members does not matter. */
export function findDifference(actual: unknown, expected: unknown, name: string): string[] {
  const [given, wanted] = [actual, expected].map((value) => JSON.stringify(value, sortMembers))
  return given === wanted ? [] : [`${name} is ${String(given)} instead of ${String(wanted)}`]
}

function sortMembers(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
