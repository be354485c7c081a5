import type { Socket } from 'node:net'

const signals = new WeakMap<Socket, AbortSignal>()

/**
 * Returns the signal that is aborted when a connection closes. All requests of a connection share one signal, so that
 * listeners on the socket do not accumulate.
 */
export function connectionSignal(socket: Socket): AbortSignal {
  const known = signals.get(socket)
  if (known) return known
  const controller = new AbortController()
  signals.set(socket, controller.signal)
  if (socket.destroyed) controller.abort()
  else
    socket.once('close', () => {
      controller.abort()
    })
  return controller.signal
}
