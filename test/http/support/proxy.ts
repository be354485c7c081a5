import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A proxy between a service and its database that simulates failures of the network. */
export class Proxy {
  readonly port: number
  readonly #target: URL
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #silent = false

  private constructor(target: URL, server: Server) {
    this.#target = target
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (socket) => {
      this.#hold(socket)
      if (!this.#silent) this.#forward(socket)
    })
  }

  static async start(databaseUrl: string): Promise<Proxy> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Proxy(new URL(databaseUrl), server)
  }

  /** The URL of the database through this proxy. */
  get url(): string {
    const url = new URL(this.#target)
    url.hostname = '127.0.0.1'
    url.port = String(this.port)
    return url.href
  }

  /** Ends the connections and refuses new ones. */
  async refuse(): Promise<void> {
    const closed = this.#server.listening ? once(this.#server, 'close') : undefined
    this.#server.close()
    this.cut()
    await closed
  }

  /** Ends the connections, accepts new ones, and never answers them. */
  fallSilent(): void {
    this.#silent = true
    this.cut()
  }

  /** Forwards connections again. */
  async heal(): Promise<void> {
    if (this.#silent) this.cut()
    this.#silent = false
    // Another process may use the port for a moment, for an outgoing connection that began while nothing listened.
    for (let retries = 100; !this.#server.listening; retries--) {
      this.#server.listen(this.port, '127.0.0.1')
      await once(this.#server, 'listening').catch(async (error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || retries === 0) throw error
        await sleep(100)
      })
    }
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #forward(socket: Socket): void {
    const { hostname, port } = this.#target
    const folder = decodeURIComponent(hostname)
    const onward = folder.startsWith('/') ? connect(`${folder}/.s.PGSQL.${port}`) : connect(Number(port), hostname)
    this.#hold(onward)
    socket.pipe(onward).pipe(socket)
    socket.on('close', () => onward.destroy())
    onward.on('close', () => socket.destroy())
  }

  #hold(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => this.#sockets.delete(socket))
  }
}
