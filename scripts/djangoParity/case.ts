import type { Reply } from '../../src/shadow/compareReplies.ts'
import type { System } from './system.ts'

/** The values of one system that later requests use: `{access}` in a request stands for the variable `access`. */
export type Variables = Record<string, string>

/** A request that both systems get, in the order of the cases. */
export type Case = {
  name: string
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE' | 'HEAD' | 'OPTIONS'
  path: string
  /** The header fields. `Content-Type` is application/json unless it is given. */
  headers?: Record<string, string>
  /** A text is sent unchanged, an object as JSON. */
  body?: object | string
  /** What the two systems need before the request. */
  prepare?: (system: System, variables: Variables) => Promise<void>
  /** The members of the reply that become variables. */
  keep?: Record<string, string>
  /** Why the replies differ. Without it, the replies must be equal. */
  difference?: string
}

/** Sends the request of a case to a system. */
export async function send(
  { url }: System,
  { method, path, headers, body }: Case,
  variables: Variables,
): Promise<Reply> {
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => variables[name] ?? whole)
  const text = typeof body === 'object' ? JSON.stringify(body) : body
  const type = text === undefined ? {} : { 'Content-Type': 'application/json' }
  const filled = Object.entries({ ...type, ...headers }).map(([name, value]): [string, string] => [name, fill(value)])
  const reply = await fetch(url + fill(path), {
    method: method ?? (text === undefined ? 'GET' : 'POST'),
    headers: filled,
    redirect: 'manual',
    ...(text === undefined ? {} : { body: fill(text) }),
  })
  const content = await reply.text()
  return { status: reply.status, headers: reply.headers, body: parse(content) }
}

/** Adds the members of a reply that a case names to the variables. */
export function keepVariables({ keep = {} }: Case, { body }: Reply, variables: Variables): void {
  for (const [name, member] of Object.entries(keep))
    variables[name] = String((body as Record<string, unknown> | undefined)?.[member])
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
