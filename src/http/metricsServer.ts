import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { bind } from './listen.ts'

const seconds = 1000

/**
 * Serves metrics on a separate port: GET and HEAD of /metrics, and 404 for everything else. At most 16
 * connections are open, and a request has 5 s to arrive. Requests at the same time share one reading of the metrics.
 * @param metrics.read returns the metrics as text
 * @throws StartError when the server cannot bind the host and port
 */
export async function startMetricsServer(
  address: { host: string; port: number },
  { contentType, read }: { contentType: string; read: () => Promise<string> },
): Promise<{ stop: () => void }> {
  const limits = { maxHeaderSize: 8 * 1024, headersTimeout: 5 * seconds, requestTimeout: 5 * seconds }
  const server: Server = createServer({ ...limits, connectionsCheckingInterval: seconds }, (request, response) => {
    void serve(request, response)
  })
  server.maxConnections = 16
  server.timeout = 60 * seconds
  server.keepAliveTimeout = 60 * seconds // a scrape usually follows within this time
  await bind(server, address, 'METRICS_PORT')
  server.unref()
  let reading: Promise<string> | undefined
  return {
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }

  async function serve({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!['GET', 'HEAD'].includes(method ?? '') || url.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404, { 'Content-Length': 0, Connection: 'close' }).end()
      return
    }
    try {
      reading ??= read().finally(() => {
        reading = undefined
      })
      const body = await reading
      response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) })
      response.end(method === 'HEAD' ? undefined : body)
    } catch {
      response.writeHead(500, { 'Content-Length': 0 }).end()
    }
  }
}
