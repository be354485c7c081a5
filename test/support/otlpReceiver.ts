import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

type Attribute = { key: string; value: Record<string, unknown> }
type Resource = { attributes: Attribute[] }
export type Span = {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  kind: number
  attributes: Attribute[]
}
type Export = { resourceSpans: { resource: Resource; scopeSpans: { spans: Span[] }[] }[] }

/** An OTLP receiver (OTLP/HTTP with JSON) that keeps the spans of a service. */
export class OtlpReceiver {
  readonly spans: Span[] = []
  readonly resources: Resource[] = []
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => {
      void json(request).then((body) => {
        for (const { resource, scopeSpans } of (body as Export).resourceSpans) {
          this.resources.push(resource)
          for (const { spans } of scopeSpans) this.spans.push(...spans)
        }
        response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}')
      })
    })
  }

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver()
    await once(receiver.#server.listen(0, '127.0.0.1'), 'listening')
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Waits for a span. */
  async find(isWanted: (span: Span) => boolean): Promise<Span> {
    for (const until = Date.now() + 20_000; Date.now() < until;) {
      const span = this.spans.find(isWanted)
      if (span) return span
      await sleep(20)
    }
    throw new Error(`no such span among ${this.spans.map(({ name }) => name).join()}`)
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

/** Returns the attributes of a span or a resource as an object. */
export function attributesOf({ attributes }: { attributes: Attribute[] }): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}
