import type { Call, Expected, Reply, Request } from './call.ts'
import type { DeployedContract } from './deployedContract.ts'

type Operation = DeployedContract['operations'][number]

const tooLarge = JSON.stringify({ text: 'a'.repeat(64 * 1024) })

/**
 * Tests that every operation refuses invalid bodies and missing tokens, and that the path of every operation refuses
 * undocumented methods.
 */
export async function testEveryOperation(call: Call, operations: Operation[], token?: string): Promise<void> {
  for (const operation of operations) {
    const { operationId, security, requestBody } = operation
    const needsToken = security.length > 0
    if (needsToken) {
      await call(operationId, 'without a token', '401 not_authenticated')
      await call(operationId, 'an invalid token', '401 token_not_valid', { token: 'none' })
    }
    // An operation that requires a role refuses users without the role before it validates the body.
    const needsRole = security.some((schemes) => Object.values(schemes).flat().length > 0)
    if (requestBody && !needsRole && (!needsToken || token !== undefined))
      await testBadBodies(call, operation, needsToken ? token : undefined)
  }
  for (const [path, own] of Map.groupBy(operations, (operation) => operation.path))
    await testOtherMethod(call, path, own)
}

async function testBadBodies(call: Call, { operationId, path }: Operation, token: string | undefined): Promise<void> {
  const unknownMember = { token, body: { unknown_member: 1 } }
  await call(operationId, 'a body that is not JSON', '400 invalid', { token, body: '{' })
  await call(operationId, 'a body that is not an object', '400 invalid', { token, body: [] })
  await call(operationId, 'a body with an unknown member', '400 invalid', unknownMember)
  if (path.endsWith('/'))
    await call(operationId, 'without the final slash', '400 invalid', { ...unknownMember, path: path.slice(0, -1) })
  const asText = { token, body: '{}', headers: { 'Content-Type': 'text/plain' } }
  await call(operationId, 'a body of another media type', '415 unsupported_media_type', asText)
  await call(operationId, 'a body above 64 KiB', '413 content_too_large', { token, body: tooLarge })
}

async function testOtherMethod(call: Call, path: string, operations: Operation[]): Promise<void> {
  const methods = operations.map((operation) => operation.method)
  const method = ['PUT', 'DELETE', 'PATCH'].find((other) => !methods.includes(other))
  const [first] = operations
  if (method === undefined || !first) return
  const allowed = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].sort().join(', ')
  const check = ({ headers }: Reply) => {
    const named = (headers['allow'] ?? '')
      .split(/\s*,\s*/)
      .sort()
      .join(', ')
    return named === allowed ? [] : [`header allow names ${named} instead of ${allowed}`]
  }
  await call(first.operationId, 'a method that the path does not have', '405 method_not_allowed', {
    path,
    method,
    check,
  })
}

/**
 * Sends a GET, a HEAD for the same URL, and a GET for the URL without its final slash.
 * @returns the reply to the first GET
 */
export async function callGet(
  call: Call,
  operationId: string,
  title: string,
  expected: Expected,
  request: Request & { path: string },
): Promise<Reply | undefined> {
  const reply = await call(operationId, title, expected, request)
  if (reply) await call(operationId, `${title}, HEAD`, expected, { ...request, method: 'HEAD', getReply: reply })
  const path = request.path.replace(/\/(?=\?|$)/, '')
  if (path !== request.path)
    await call(operationId, `${title}, without the final slash`, expected, { ...request, path })
  return reply
}
