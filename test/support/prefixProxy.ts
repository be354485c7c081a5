import { once } from 'node:events'
import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A reverse proxy that serves the service below a path. It removes the path from the requests that it forwards. */
export class PrefixProxy {
  /** Returns the header fields that the proxy adds. A host replaces that of the client. */
  adds: (headers: IncomingHttpHeaders) => IncomingHttpHeaders = () => ({})
  target = ''
  readonly url: string
  readonly #server: Server

  private constructor(server: Server, url: string) {
    this.#server = server
    this.url = url
  }

  static async start(prefix: string): Promise<PrefixProxy> {
    const server = createServer()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const proxy = new PrefixProxy(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`)
    server.on('request', (incoming, response) => {
      const { method, headers, url = '' } = incoming
      if (!url.startsWith(`${prefix}/`)) {
        response.writeHead(404).end('not below the prefix')
        return
      }
      const path = url.slice(prefix.length)
      const outgoing = request(new URL(proxy.target), { method, path, headers: { ...headers, ...proxy.adds(headers) } })
      outgoing.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      outgoing.on('error', () => response.destroy())
      incoming.pipe(outgoing)
    })
    return proxy
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
