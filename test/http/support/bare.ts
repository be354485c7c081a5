import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { createApp } from '../../../src/app.ts'
import { loadConfig } from '../../../src/config/config.ts'
import { commonHeaders } from '../../../src/http/headers.ts'
import { createHttpServer } from '../../../src/http/server.ts'
import type { Services } from '../../../src/operations/context.ts'
import { createServices } from '../../../src/services.ts'
import { LocalHashQueue } from '../../../src/domain/passwords/hashQueue.ts'
import { quickHashing } from '../../../src/sandbox/quickHashing.ts'

type Line = Record<string, unknown>

/** The service without a database, for tests of requests that run no statement. It keeps its log in `lines`. */
export class BareService {
  readonly server: Server
  readonly lines: Line[]
  readonly #services: Services

  private constructor(server: Server, lines: Line[], services: Services) {
    this.server = server
    this.lines = lines
    this.#services = services
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** @param adjust changes the server before it listens, for example its time-outs */
  static async start(settings: Record<string, string> = {}, adjust: (server: Server) => void = () => undefined) {
    const lines: Line[] = []
    const log = pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line) as Line) })
    const { config } = loadConfig({ PORT: '0', ...settings })
    const { services } = await createServices(config, 'the secret key of a test', log, new LocalHashQueue(quickHashing))
    const headers = commonHeaders(config.baseUrl)
    const server = createHttpServer((await createApp(services, log)).callback(), {
      headers,
      baseUrl: () => config.baseUrl,
      log,
    })
    adjust(server)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return new BareService(server, lines, services)
  }

  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.getConnections((error, count) => {
        if (error) reject(error)
        else resolve(count)
      })
    })
  }

  /** Waits until no connection is left, at most 5 s. */
  async alone(): Promise<void> {
    for (const end = Date.now() + 5000; (await this.connections()) > 0;) {
      if (Date.now() > end) throw new Error('a connection is still open')
      await sleep(20)
    }
  }

  stop(): void {
    this.server.closeAllConnections()
    this.server.close()
    this.#services.passwords.stop()
  }
}
