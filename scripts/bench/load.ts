import { setTimeout as sleep } from 'node:timers/promises'
import { Client, type Dispatcher } from 'undici'
import { Counter, type Measured, type Span } from './counter.ts'
import { doWork } from './work.ts'

/** The requests of one connection: it sends the same request again as soon as it has the reply. */
export type Connection = { headers?: Record<string, string>; body?: string }

export type LoadJob = Span & {
  url: string
  method: 'GET' | 'POST'
  path: string
  connections: Connection[]
  /** Whether the next request of a connection sends the refresh token that it has got in the reply. */
  isChain: boolean
}

/** `bodies`: what each connection would have sent next. */
export type LoadResult = Measured & { bodies: (string | undefined)[] }

await doWork(async ({ url, method, path, connections, isChain, ...span }: LoadJob): Promise<LoadResult> => {
  const counter = new Counter({ ...span, pids: { ...span.pids, 'the generator': process.pid } })
  const bodies = connections.map(async ({ headers, body }) => {
    const client = new Client(url)
    let next = body
    while (!counter.isOver) {
      const began = performance.now()
      const options = { method, path, ...(headers && { headers }), ...(next !== undefined && { body: next }) }
      const { status, text } = await send(client, options).catch(async (error: unknown) => {
        // A service that is gone refuses connections at once, and the generator must not spin.
        await sleep(10)
        return { status: String((error as NodeJS.ErrnoException).code ?? error), text: '' }
      })
      const isSuccess = typeof status === 'number' && status >= 200 && status <= 299
      if (isSuccess) counter.add(began)
      else counter.fail(String(status))
      if (isChain && !isSuccess) break // The token of this chain is lost.
      if (isChain) next = JSON.stringify({ refresh: (JSON.parse(text) as { refresh: string }).refresh })
    }
    await client.destroy()
    return next
  })
  return { bodies: await Promise.all(bodies), ...(await counter.result()) }
})

/** Sends a request by undici's lowest interface, because streams would cost the generator more than the service. */
function send(client: Client, options: Dispatcher.DispatchOptions): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    let [status, text] = [0, '']
    client.dispatch(options, {
      onRequestStart: () => undefined, // undici requires it
      onResponseStart: (_controller, statusCode) => {
        status = statusCode
      },
      onResponseData: (_controller, chunk) => {
        text += chunk.toString('latin1')
      },
      onResponseEnd: () => {
        resolve({ status, text })
      },
      onResponseError: (_controller, error) => {
        reject(error)
      },
    })
  })
}
