import type { Call, Reply } from './call.ts'
import type { Tokens } from './tokens.ts'

// The tests try to reach a limit only if no more than this many requests are left.
const most = 200

/**
 * Tests the limit of refreshes, which applies to this session only. If the replies report a limit, the test refreshes
 * until no request is left. The next request must be refused, and its reply must report that no request is left.
 */
export async function testThrottling(call: Call, tokens: Tokens): Promise<void> {
  let { refresh } = tokens
  const refreshOnce = async (title: string) => {
    const reply = await call('refreshToken', title, 200, { body: { refresh } })
    refresh = (reply?.body as Partial<Tokens> | undefined)?.refresh ?? refresh
    return reply && remainingOf(reply)
  }
  let remaining = await refreshOnce('until it is refused')
  if (remaining === undefined || remaining > most) return
  while (remaining !== undefined && remaining > 0) {
    const left: number | undefined = await refreshOnce(`${remaining - 1} left`)
    remaining = left !== undefined && left < remaining ? left : undefined
  }
  const check = (reply: Reply) => [
    ...(remainingOf(reply) === 0 ? [] : [`header ratelimit ${reply.headers['ratelimit']} has something left`]),
    ...(reply.headers['retry-after'] === resetOf(reply) ? [] : ['header retry-after differs from t in ratelimit']),
  ]
  await call('refreshToken', 'beyond the limit', '429 throttled', { body: { refresh }, check })
}

function remainingOf({ headers }: Reply): number | undefined {
  const [, remaining] = /;r=(\d+)/.exec(headers['ratelimit'] ?? '') ?? []
  return remaining === undefined ? undefined : Number(remaining)
}

function resetOf({ headers }: Reply): string | undefined {
  return /;t=(\d+)/.exec(headers['ratelimit'] ?? '')?.[1]
}
