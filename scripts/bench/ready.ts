import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const maxStart = 60_000

/**
 * Asks a server every five milliseconds until it replies with 200.
 * @param isRunning whether its process still runs
 * @returns the milliseconds until then
 */
export async function timeToReady(url: string, isRunning: () => boolean): Promise<number> {
  const began = performance.now()
  while ((await statusOf(url)) !== 200) {
    if (!isRunning()) throw new Error(`The process behind ${url} has ended`)
    if (performance.now() - began > maxStart) throw new Error(`${url} does not reply with 200`)
    await sleep(5)
  }
  return performance.now() - began
}

function statusOf(url: string): Promise<number> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (reply) => {
      reply.resume()
      resolve(reply.statusCode ?? 0)
    }).on('error', () => {
      resolve(0)
    })
  })
}
