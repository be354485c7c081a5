import type { RateLimit } from '../problems.ts'
import { rateLimitHeaders } from './rateLimit.ts'
import type { AppContext } from './state.ts'
import { openJson } from './stream.ts'

// In milliseconds: how long a client may stop reading a long reply. Node closes its connection after one or two times
// that.
const maxStall = 30_000

/** The reply of any operation; the types of a particular one are in handlerTypes.ts. */
export type AnyReply = {
  status: number
  headers?: Record<string, string>
  rateLimit?: RateLimit | undefined
  type?: string
  body?: unknown
  /** Instead of a body: a JSON object with AsyncIterables for arrays. */
  stream?: object
}

export async function sendReply(context: AppContext, reply: AnyReply): Promise<void> {
  const { status, headers = {}, rateLimit, type, body, stream } = reply
  const { Vary: vary = [], ...others } = headers
  context.set({ ...rateLimitHeaders(rateLimit), ...others })
  context.vary(vary) // added to what the reply depends on already
  if (stream) {
    context.body = await openJson(stream)
    context.type = 'json'
    context.res.setTimeout(maxStall)
  } else context.body = body ?? null
  if (type !== undefined) context.type = type
  context.status = status // after the body: Koa makes 204 of an empty one
}
