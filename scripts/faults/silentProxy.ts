import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** A TCP proxy in front of a port of 127.0.0.1 that can stop forwarding, without closing a connection. */
export class SilentProxy {
  readonly port: number
  readonly #server: Server
  readonly #pairs: Set<[Socket, Socket]>

  private constructor(server: Server, pairs: Set<[Socket, Socket]>) {
    this.#server = server
    this.#pairs = pairs
    this.port = (server.address() as AddressInfo).port
  }

  static async start(target: number): Promise<SilentProxy> {
    const pairs = new Set<[Socket, Socket]>()
    const server = createServer((client) => {
      const upstream = connect(target, '127.0.0.1')
      const pair: [Socket, Socket] = [client, upstream]
      pairs.add(pair)
      client.pipe(upstream)
      upstream.pipe(client)
      for (const socket of pair) {
        socket.on('error', () => undefined)
        socket.on('close', () => {
          pairs.delete(pair)
          for (const other of pair) other.destroy()
        })
      }
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new SilentProxy(server, pairs)
  }

  /** Forwards nothing more on the connections that are open now. New connections work. */
  silenceConnections(): void {
    for (const pair of this.#pairs)
      for (const socket of pair) {
        socket.unpipe()
        socket.pause()
      }
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy()
    await closed
  }
}
