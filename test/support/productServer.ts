import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { packSdk } from '../../scripts/sdkPack/pack.ts'

const run = promisify(execFile)

/** What happens to a renewal: the client gets no answer, or the service does not even get the request. */
type Fault = 'lost answer' | 'lost request'

/**
 * The server of a product. It serves pages, the packed SDK below /sdk/, the accounts service below /auth/, and an API
 * at /api/me, which forwards its requests to getMe.
 */
export class ProductServer {
  /** The faults of the next renewals, one for each. */
  readonly faults: Fault[] = []
  /** The URL of the accounts service. */
  accounts = ''
  readonly #files: Map<string, string>
  readonly #server = createServer((incoming, outgoing) => {
    this.#answer(incoming, outgoing)
  })
  #refreshes = 0

  private constructor(files: Map<string, string>) {
    this.#files = files
  }

  /** @param files the text of each file by its path. The server answers / with /index.html. */
  static async start(files: Record<string, string>): Promise<ProductServer> {
    const product = new ProductServer(new Map([...Object.entries(files), ...(await readSdk())]))
    product.#server.listen(0, '127.0.0.1')
    await once(product.#server, 'listening')
    return product
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`
  }

  /** How many renewals have reached this server. */
  get refreshes(): number {
    return this.#refreshes
  }

  stop(): void {
    this.#server.close().closeAllConnections()
  }

  #answer(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { url: path = '/' } = incoming
    if (path.startsWith('/auth/')) this.#forward(incoming, outgoing, path.slice('/auth'.length))
    else if (path === '/api/me') this.#forward(incoming, outgoing, '/api/v1/users/me/')
    else {
      const text = this.#files.get(path === '/' ? '/index.html' : path)
      const type = path.endsWith('.js') ? 'text/javascript' : 'text/html'
      outgoing.writeHead(text === undefined ? 404 : 200, { 'Content-Type': type }).end(text)
    }
  }

  #forward(incoming: IncomingMessage, outgoing: ServerResponse, path: string): void {
    const { method, headers } = incoming
    const isRefresh = path.endsWith('/refresh/')
    if (isRefresh) this.#refreshes++
    const fault = isRefresh ? this.faults.shift() : undefined
    if (fault === 'lost request') {
      outgoing.destroy()
      return
    }
    const forwarded = request(this.accounts + path, { method, headers }, (reply) => {
      if (fault === 'lost answer') outgoing.destroy()
      else reply.pipe(outgoing.writeHead(reply.statusCode ?? 502, reply.headers))
    })
    forwarded.on('error', () => outgoing.destroy())
    incoming.pipe(forwarded)
  }
}

/** Packs the SDK. @returns its scripts, with their paths below /sdk/ */
async function readSdk(): Promise<[path: string, text: string][]> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-page-'))
  try {
    await run('tar', ['xzf', await packSdk(folder)], { cwd: folder })
    const dist = join(folder, 'package/dist')
    const names = (await readdir(dist)).filter((name) => name.endsWith('.js'))
    return await Promise.all(
      names.map(async (name): Promise<[string, string]> => [`/sdk/${name}`, await readFile(join(dist, name), 'utf8')]),
    )
  } finally {
    await rm(folder, { recursive: true })
  }
}
