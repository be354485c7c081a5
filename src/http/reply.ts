import type { RateLimit } from '../problems.ts'
import { rateLimitHeaders } from './rateLimit.ts'
import type { AppContext } from './state.ts'
import { openJson } from './stream.ts'

// In milliseconds: how long a client may stop reading a long reply. Node closes the connection after this time or up
// to twice as long.
const maxStall = 30_000
const json = 'application/json; charset=utf-8'

/** The reply of any operation. handlerTypes.ts has the types of each operation's replies. */
export type AnyReply = {
  status: number
  headers?: Record<string, string>
  rateLimit?: RateLimit | undefined
  type?: string
  body?: unknown
  /** A JSON object that has AsyncIterables in place of arrays. It replaces `body`. */
  stream?: object
}

export async function sendReply(context: AppContext, reply: AnyReply): Promise<void> {
  const { status, headers = {}, rateLimit, type, body, stream } = reply
  const { Vary: vary = [], ...others } = headers
  context.set({ ...rateLimitHeaders(rateLimit), ...others })
  context.vary(vary) // adds to the Vary header, which middleware may have set
  if (stream) {
    context.state.streamedBytes = 0
    context.body = await openJson(stream, (bytes) => {
      context.state.streamedBytes = (context.state.streamedBytes ?? 0) + bytes
    })
    context.type = 'json'
    context.res.setTimeout(maxStall)
  } else if (typeof body === 'object' && body !== null && !Buffer.isBuffer(body)) {
    context.set('Content-Type', json) // set before the body, for which Koa would look up another type
    context.body = JSON.stringify(body) // Koa would do this later, when the request is already logged
  } else context.body = body ?? null
  if (type !== undefined) context.type = type
  context.status = status // set after the body, because Koa sets 204 for an empty body
}
