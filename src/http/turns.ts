import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

// Node parses a whole chunk of pipelined requests at once, some thousands, and starts all of them.
const maxWaiting = 8
const maxRunning = 2000

type Waiting = { start: () => void }

/**
 * Handles the requests of a connection one at a time, in their order: the next one starts when the answer before it has been
 * sent. So a client that pipelines and does not read holds one answer in memory, not thousands (security 86).
 */
export class Turns {
  readonly #connections = new WeakMap<Duplex, Waiting[]>()
  #running = 0

  /**
   * @param handle resolves when the request has been handled; its answer may still be on its way
   * @returns false when too many requests wait on this connection, or run in the process: this one is to be refused
   */
  take(response: ServerResponse, handle: () => Promise<void>): boolean {
    const { socket } = response.req
    const waiting = this.#connections.get(socket)
    if (waiting) {
      if (waiting.length >= maxWaiting) return false
      waiting.push({ start: () => void this.#start(response, handle) })
      return true
    }
    if (this.#running >= maxRunning) return false
    this.#connections.set(socket, [])
    void this.#start(response, handle)
    return true
  }

  async #start(response: ServerResponse, handle: () => Promise<void>): Promise<void> {
    const { socket } = response.req
    response.once('close', () => {
      const next = this.#connections.get(socket)?.shift()
      if (next && !socket.destroyed) next.start()
      else this.#connections.delete(socket)
    })
    this.#running++
    await handle().finally(() => this.#running--)
  }
}
