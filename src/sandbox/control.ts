/** The control API of a sandbox, below /sandbox/. docs/testing.md describes it for users. */
import type { Listener } from '../http/server.ts'
import { readJson } from '../http/body.ts'
import { duration } from '../config/valueParsers.ts'
import { Problem } from '../problems.ts'
import type { Mailbox } from './mailbox.ts'

export type Controls = {
  mailbox: Mailbox
  /** Returns the time of the service in milliseconds since 1970. */
  now: () => number
  /** Moves the clock of the service. @param seconds how far */
  moveForward: (seconds: number) => Promise<void>
  reset: () => Promise<void>
}

type Request = Parameters<Listener>[0]
type Route = (controls: Controls, request: Request, address: string, query: URLSearchParams) => Promise<object>

const routes: [method: string, pattern: RegExp, route: Route][] = [
  ['GET', /^\/sandbox\/mailbox\/([^/]+)\/?$/, findMail],
  ['GET', /^\/sandbox\/clock\/?$/, (controls) => Promise.resolve(showClock(controls))],
  ['POST', /^\/sandbox\/clock\/?$/, moveClock],
  ['POST', /^\/sandbox\/reset\/?$/, reset],
]

const longestWait = 25 // seconds; the server ends a request after 30 s
const wait = duration('5s')
const forward = duration('1h')

/**
 * Answers the requests below /sandbox/, and passes all other requests to the application. Those wait while the clock is
 * moved: the service would refuse a token that was issued at the new time before its own clock is corrected.
 */
export function withControls(application: Listener, controls: Promise<Controls>): Listener {
  let moved: Promise<unknown> = Promise.resolve()
  return async (request, response) => {
    if (!request.url?.startsWith('/sandbox/')) {
      await moved
      return application(request, response)
    }
    const answered = answer(await controls, request).catch(describeError)
    if (request.method === 'POST') moved = Promise.all([moved, answered])
    const { status, body } = await answered
    const type = status < 400 ? 'application/json' : 'application/problem+json'
    response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' })
    response.end(JSON.stringify(body))
  }
}

async function answer(controls: Controls, request: Request): Promise<{ status: number; body: object }> {
  refuseWebPages(request)
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
  for (const [method, pattern, route] of routes) {
    const match = method === request.method ? pattern.exec(pathname) : null
    if (match) return { status: 200, body: await route(controls, request, match[1] ?? '', searchParams) }
  }
  throw new Problem('not_found', { detail: 'docs/testing.md lists what /sandbox/ offers.' })
}

/**
 * Refuses requests of web pages in the developer's browser, which have an `Origin` or, after DNS rebinding, the host
 * name of the page.
 */
function refuseWebPages({ headers }: Request): void {
  if (headers.origin === undefined && /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(headers.host ?? '')) return
  throw new Problem('permission_denied', {
    detail: 'Only programs on this machine may use /sandbox/, and no web page.',
  })
}

async function findMail({ mailbox }: Controls, _: Request, path: string, query: URLSearchParams): Promise<object> {
  const address = decode(path)
  const limit = parse(wait, query.get('wait') ?? '5s', 'wait')
  if (limit > longestWait) throw new Problem('invalid', { detail: `wait is ${longestWait}s at most.` })
  const mail = await mailbox.findNewest(address, limit)
  if (!mail) throw new Problem('not_found', { detail: `No mail to ${address} arrived within ${limit} s.` })
  return mail
}

function showClock({ now }: Controls): object {
  return { now: new Date(now()).toISOString() }
}

async function moveClock(controls: Controls, request: Request): Promise<object> {
  const body = (await readJson(request)) as { forward?: unknown } | null | undefined
  if (typeof body?.forward !== 'string') {
    throw new Problem('invalid', { detail: 'The body must be a JSON object like {"forward": "1h"}.' })
  }
  await controls.moveForward(parse(forward, body.forward, 'forward'))
  return showClock(controls)
}

async function reset(controls: Controls): Promise<object> {
  await controls.reset()
  return showClock(controls)
}

function parse(parser: typeof wait, text: string, name: string): number {
  try {
    return parser.parse(text)
  } catch (error) {
    throw new Problem('invalid', { detail: `${name} ${(error as Error).message}, such as ${parser.example}.` })
  }
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch (cause) {
    throw new Problem('invalid', { detail: 'The address is not percent-encoded UTF-8.', cause })
  }
}

function describeError(error: unknown): { status: number; body: object } {
  const { status, title, code, detail } = error instanceof Problem ? error : new Problem('internal', { cause: error })
  const cause = error instanceof Problem ? undefined : String(error)
  return { status, body: { type: 'about:blank', title, status, code, detail: cause ?? detail } }
}
