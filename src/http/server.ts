import { createServer, type RequestListener, type Server } from 'node:http'
import { answerClientError } from './errors.ts'

const seconds = 1000

/** An HTTP server with bounded headers and times: 16 KiB of header fields, 10 s for them, 30 s for a whole request (security 70). */
export function createHttpServer(listener: RequestListener): Server {
  const server = createServer(
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: 10 * seconds,
      requestTimeout: 30 * seconds,
      keepAliveTimeout: 30 * seconds,
      connectionsCheckingInterval: 2 * seconds,
    },
    listener,
  )
  server.on('clientError', answerClientError)
  return server
}
