import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { withPort, type Config } from '../config/config.ts'
import { commonHeaders } from './headers.ts'
import { createHttpServer, type Listener } from './server.ts'
import { StartError } from '../problems.ts'

type Listening = {
  server: Server
  url: string
  /** The settings, in which the bound port replaces port 0. */
  config: Config
  /** Passes requests to the application, including those that arrived before the application was made. */
  serve: (application: Listener) => void
  /** Binds the port if this was not done at once. */
  listenLate: () => Promise<void>
}

/**
 * Binds the port before the application is made. The application's links and tokens name the port, and the port of
 * PORT=0 is known only after binding.
 * @param bindsAtOnce whether the port is bound at once; otherwise PORT must not be 0
 * @throws StartError when the server cannot bind the host and port
 */
export async function listen(settings: Config, log: Logger, bindsAtOnce = true): Promise<Listening> {
  const application = Promise.withResolvers<Listener>()
  const headers = commonHeaders(settings.baseUrl, settings.hstsIncludeSubdomains)
  let { baseUrl } = settings
  const server = createHttpServer(
    async (request, response) => {
      const handle = await application.promise
      await handle(request, response)
    },
    { headers, baseUrl: () => baseUrl, log },
    settings.keepAlive,
  )
  if (bindsAtOnce) await bind(server, settings)
  const port = bindsAtOnce ? (server.address() as AddressInfo).port : settings.port
  const config = withPort(settings, port)
  ;({ baseUrl } = config)
  const listenLate = () => (bindsAtOnce ? Promise.resolve() : bind(server, settings))
  return { server, url: urlOf(config), config, serve: application.resolve, listenLate }
}

export function urlOf({ host, port }: { host: string; port: number }): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/**
 * Returns the port on which the processes of a cluster will listen. The port is bound for a moment, so that a port in
 * use is reported before a process is forked, and so that the processes share the port that PORT=0 chooses.
 * @throws StartError when the port cannot be bound
 */
export async function findPort(settings: Config): Promise<number> {
  const server = createServer()
  await bind(server, settings)
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/**
 * Binds a host and a port.
 * @param name the setting of the port
 * @throws StartError when the server cannot bind them
 */
export async function bind(
  server: Server,
  { host, port }: { host: string; port: number },
  name = 'PORT',
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        reject(
          new StartError(
            `Port ${port} on ${host} is in use, by another Gatehouse perhaps: stop that, or set ${name} to a free one.`,
          ),
        )
      else if (error.code === 'EACCES')
        reject(new StartError(`Port ${port} on ${host} is not open to this user: set ${name} to one above 1023.`))
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
        reject(new StartError(`HOST ${host} is not an address of this machine: set it to one, 127.0.0.1 for example.`))
      else reject(error)
    })
    server.listen(port, host, resolve)
  })
}
