import { v7 as uuidv7 } from 'uuid'
import type { ClientReader } from './client.ts'
import type { AppMiddleware } from './state.ts'
import { parseTraceParent } from './traceParent.ts'

// The contract promises ids of at most 64 characters. These characters need no escape in a log or a shell.
const requestIdFormat = /^[\w.:=+@/-]{1,64}$/

/**
 * Gives each request its client, its id and its trace. X-Request-Id and traceparent count only if a trusted proxy
 * sends them, because other clients could make their requests look like those of others in the log.
 */
export function identifyRequests(readClient: ClientReader): AppMiddleware {
  return ({ req, state }, next) => {
    const client = readClient(req)
    const given = client.isFromTrustedProxy ? req.headers : {}
    const requestId = String(given['x-request-id'] ?? '')
    state.client = client
    state.requestId = requestIdFormat.test(requestId) ? requestId : uuidv7()
    state.trace = parseTraceParent(String(given['traceparent'] ?? ''))
    return next()
  }
}
