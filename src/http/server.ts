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
      requireHostHeader: false, // Node's own answer would be no problem document
    },
    (request, response) => {
      if (request.headers.host !== undefined || request.httpVersion !== '1.1') listener(request, response)
      else answerClientError(new Error('no Host'), request.socket)
    },
  )
  server.on('clientError', answerClientError)
  server.on('connect', (_request, socket) => {
    answerClientError(new Error('CONNECT'), socket)
  })
  server.on('checkExpectation', listener) // an expectation may be ignored (RFC 9110, 10.1.1)
  return server
}
