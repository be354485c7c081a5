/**
 * Runs an action with a signal that is aborted after a time in milliseconds, or when the caller's signal is aborted.
 */
export async function within<T>(
  milliseconds: number,
  signal: AbortSignal | undefined,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const abort = () => {
    controller.abort(signal?.reason)
  }
  const timer = setTimeout(() => {
    controller.abort(new DOMException(`no answer within ${milliseconds} ms`, 'TimeoutError'))
  }, milliseconds)
  signal?.addEventListener('abort', abort)
  if (signal?.aborted) abort()
  try {
    return await abortable(action(controller.signal), controller.signal)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

/** Waits for a promise, but rejects when the signal is aborted. The work of the promise continues. */
export function abortable<T>(waited: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
    waited.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort)
    })
  })
}
