import type { Socket } from 'node:net'

const signals = new WeakMap<Socket, AbortSignal>()

/** The signal that is aborted when a connection closes. All requests of the connection share it: a listener of each would add up. */
export function connectionClosed(socket: Socket): AbortSignal {
  const known = signals.get(socket)
  if (known) return known
  const closing = new AbortController()
  signals.set(socket, closing.signal)
  if (socket.destroyed) closing.abort()
  else
    socket.once('close', () => {
      closing.abort()
    })
  return closing.signal
}
