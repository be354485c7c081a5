import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export type PassedReply = { method: string; path: string; status: number; type: string; body: unknown }

/**
 * A proxy that makes the replies of the service look like those of a later version. It adds a member to each JSON
 * object, and replaces some values by values that openapi.yaml does not list.
 */
export class AdditiveProxy {
  readonly url: string
  /** The JSON replies that the proxy has sent, after its changes. */
  readonly replies: PassedReply[] = []
  readonly #server: Server

  private constructor(server: Server, url: string) {
    this.#server = server
    this.url = url
  }

  /**
   * @param values the strings to replace in JSON replies, each with its replacement: { ru: 'de' } turns "ru" into
   * "de"
   */
  static async start(target: string, values: Record<string, string>): Promise<AdditiveProxy> {
    const server = createServer()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const proxy = new AdditiveProxy(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    server.on('request', async (incoming, response) => {
      const { method = '', url: path = '', headers } = incoming
      const body = await buffer(incoming)
      const passed = ['authorization', 'content-type', 'accept'].flatMap((name) =>
        typeof headers[name] === 'string' ? [[name, headers[name]] as [string, string]] : [],
      )
      const reply = await fetch(`${target}${path}`, {
        method,
        headers: passed,
        redirect: 'manual',
        ...(body.length > 0 ? { body } : {}),
      })
      const type = reply.headers.get('content-type') ?? ''
      const text = await reply.text()
      response.writeHead(reply.status, withoutLength(reply.headers))
      if (!type.includes('json')) return response.end(text)
      const added = add(JSON.parse(text), values)
      proxy.replies.push({ method, path, status: reply.status, type: type.split(';')[0] ?? '', body: added })
      return response.end(JSON.stringify(added))
    })
    return proxy
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/**
 * Returns the header fields of a reply, because some clients require them. Fields that describe the connection or the
 * original body are left out.
 */
function withoutLength(headers: Headers): Record<string, string> {
  const left = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'content-encoding']
  return Object.fromEntries([...headers].filter(([name]) => !left.includes(name)))
}

function add(value: unknown, values: Record<string, string>): unknown {
  if (typeof value === 'string') return values[value] ?? value
  if (Array.isArray(value)) return value.map((item) => add(item, values))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, member]) => [name, add(member, values)])
  return { ...Object.fromEntries(members), added_member: 'added' }
}
