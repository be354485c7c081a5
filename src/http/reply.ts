import type { RateLimit } from '../problems.ts'
import { rateLimitHeaders } from './rateLimit.ts'
import type { AppContext } from './state.ts'
import { openJson } from './stream.ts'

// In milliseconds: how long a client may stop reading a long reply. Node closes the connection after one to two times
// this time.
const maxStall = 30_000

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
    context.body = await openJson(stream)
    context.type = 'json'
    context.res.setTimeout(maxStall)
  } else context.body = body ?? null
  if (type !== undefined) context.type = type
  context.status = status // set after the body, because Koa sets 204 for an empty body
}
