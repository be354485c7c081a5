import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** How many requests of one connection may wait for their answers. Proxies send one at a time, and so do browsers. */
export const maxOfConnection = 8

/** How many may wait in the whole process. */
export const maxOfProcess = 1000

export type Admission = 'admitted' | 'connection full' | 'process full'

/**
 * The requests that have arrived and whose answers have not left yet. A client that pipelines pays a few bytes for each and
 * chooses how many there are, so they are bounded (security 86). Under pressure the clients that keep the process waiting lose
 * their connections first, the longest waiting before the others, so that they cannot lock out the rest.
 */
export class InFlight {
  readonly #isRefused: (socket: Socket) => boolean
  /** In the order of arrival. */
  readonly #responses = new Set<ServerResponse>()
  readonly #ofSocket = new WeakMap<Socket, Set<ServerResponse>>()

  /** @param isRefused whether nothing that a connection still sends is handled */
  constructor(isRefused: (socket: Socket) => boolean) {
    this.#isRefused = isRefused
  }

  /** Counts a request until its answer or its connection is closed, unless there are too many in the process. */
  add(response: ServerResponse): Admission {
    const { socket } = response.req
    const own = this.#own(socket)
    if (this.#responses.size >= maxOfProcess && !this.#makeRoom()) return 'process full'
    if (socket.destroyed) return 'process full' // to make room
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
    // The answers that were not the next in turn do not close themselves.
    socket.once('close', () => {
      this.#forget(own)
    })
    return own
  }

  /** @returns whether a connection was cut */
  #makeRoom(): boolean {
    const responses = [...this.#responses]
    const victim = responses.find(({ req }) => this.#isRefused(req.socket)) ?? responses.find(waitsForClient)
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

/** Its body has not arrived whole, or its answer is not read. */
function waitsForClient(response: ServerResponse): boolean {
  return !response.req.complete || response.writableEnded || response.writableNeedDrain
}
