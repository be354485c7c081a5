import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * How many requests of one connection may wait for their replies. Proxies and browsers send one request at a time.
 */
export const maxOfConnection = 8

/** How many requests may wait for their replies in the whole process. */
export const maxOfProcess = 1000

export type Admission = 'admitted' | 'connection full' | 'process full'

/**
 * The unanswered requests. Their number is bounded, because a client that pipelines
 * requests sends only a few bytes for each request (security 86). When the process is full, the server closes
 * connections of clients that keep it waiting, beginning with the connection that has waited longest. So these
 * clients cannot lock out the other clients.
 */
export class InFlight {
  readonly #isRefused: (socket: Socket) => boolean
  /** The replies of the waiting requests, in the order of arrival. */
  readonly #responses = new Set<ServerResponse>()
  readonly #ofSocket = new WeakMap<Socket, Set<ServerResponse>>()

  /** @param isRefused returns whether the server reads no more requests from a connection */
  constructor(isRefused: (socket: Socket) => boolean) {
    this.#isRefused = isRefused
  }

  /**
   * Counts a request until its reply or its connection is closed. It does not count the request if the process is
   * full.
   */
  add(response: ServerResponse): Admission {
    const { socket } = response.req
    const own = this.#own(socket)
    if (this.#responses.size >= maxOfProcess && !this.#makeRoom()) return 'process full'
    if (socket.destroyed) return 'process full' // makeRoom has cut this connection
    this.#responses.add(response)
    own.add(response)
    response.once('close', () => {
      this.#responses.delete(response)
      own.delete(response)
    })
    return own.size > maxOfConnection ? 'connection full' : 'admitted'
  }

  #own(socket: Socket): Set<ServerResponse> {
    const known = this.#ofSocket.get(socket)
    if (known) return known
    const own = new Set<ServerResponse>()
    this.#ofSocket.set(socket, own)
    // A reply that waits for earlier replies of its connection emits no `close` when the connection closes.
    socket.once('close', () => {
      this.#forget(own)
    })
    return own
  }

  /** Cuts the connection of a client that keeps the server waiting. @returns whether a connection was cut */
  #makeRoom(): boolean {
    const responses = [...this.#responses]
    const victim = responses.find(({ req }) => this.#isRefused(req.socket)) ?? responses.find(isWaitingForClient)
    if (!victim) return false
    const { socket } = victim.req
    socket.destroy()
    this.#forget(this.#own(socket))
    return true
  }

  #forget(own: Set<ServerResponse>): void {
    for (const response of own) this.#responses.delete(response)
    own.clear()
  }
}

/**
 * Checks whether a request waits for its client: its body has not arrived whole, or the client does not read the
 * reply.
 */
function isWaitingForClient(response: ServerResponse): boolean {
  return !response.req.complete || response.writableEnded || response.writableNeedDrain
}
