import assert from 'node:assert/strict'
import { findFreePort } from '../../../scripts/freePort.ts'
import { TestService, type StartOptions } from '../../support/service.ts'

/** The samples of a scrape: a value for each name with its labels, as Prometheus writes them. */
export type Scrape = Map<string, number>

/** A service with metrics on a separate port. */
export class ObservedService {
  readonly service: TestService
  readonly url: string

  private constructor(service: TestService, url: string) {
    this.service = service
    this.url = url
  }

  static async start(settings: Record<string, string> = {}, options: StartOptions = {}): Promise<ObservedService> {
    const port = String(await findFreePort())
    const service = await TestService.start({ METRICS_PORT: port, ...settings }, options)
    return new ObservedService(service, `http://127.0.0.1:${port}/metrics`)
  }

  /** Reads the metrics. */
  scrape(): Promise<Scrape> {
    return readScrape(this.url)
  }
}

export async function readScrape(url: string): Promise<Scrape> {
  const reply = await fetch(url)
  assert.equal(reply.status, 200)
  const lines = (await reply.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const [, sample = '', value] = /^(.+) (\S+)$/.exec(line) ?? []
      return [sample, Number(value)]
    }),
  )
}
