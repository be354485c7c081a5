import type { Server, ServerResponse } from 'node:http'

/** The milliseconds for which running requests may continue after the server has stopped accepting connections. */
const requestTimeout = 10_000

/**
 * Prepares a server for being closed without a lost request.
 * @param stopping once it is aborted, each connection is closed after its next reply, while the server still accepts
 * connections
 * @returns a function that stops accepting connections, and waits at most 10 s for running requests
 */
export function prepareClose(server: Server, stopping: AbortSignal): () => Promise<void> {
  let isClosing = false
  const responses = new Set<ServerResponse>()
  stopping.addEventListener('abort', () => {
    for (const response of responses) response.shouldKeepAlive = false
  })
  server.prependListener('request', (_request, response: ServerResponse) => {
    if (stopping.aborted) response.shouldKeepAlive = false
    responses.add(response)
    response.once('close', () => {
      responses.delete(response)
      // server.close() closes only the connections that are idle at that time. A connection whose reply had begun
      // before the stop is closed here.
      if (isClosing) server.closeIdleConnections()
    })
  })
  return async () => {
    isClosing = true
    const closed = new Promise((resolve) => server.close(resolve))
    const timer = setTimeout(() => {
      server.closeAllConnections()
    }, requestTimeout)
    await closed
    clearTimeout(timer)
  }
}
