import { randomFillSync } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { ClientReader } from './client.ts'
import type { AppMiddleware } from './state.ts'
import { parseTraceParent } from './traceParent.ts'

// The contract promises ids of at most 64 characters. These characters need no escape in a log or a shell.
const requestIdFormat = /^[\w.:=+@/-]{1,64}$/

// The random bytes of the next 256 ids. To get random bytes takes longer than everything else about an id.
const random = new Uint8Array(256 * 16)
let used = random.length

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
    state.requestId = requestIdFormat.test(requestId) ? requestId : makeRequestId()
    state.trace = parseTraceParent(String(given['traceparent'] ?? ''))
    return next()
  }
}

function makeRequestId(): string {
  if (used === random.length) {
    randomFillSync(random)
    used = 0
  }
  used += 16
  return uuidv7({ random: random.subarray(used - 16, used) })
}
