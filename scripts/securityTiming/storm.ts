// A thread of its own: what measures meanwhile must not wait for those who storm.
import { parentPort, workerData } from 'node:worker_threads'

export type Storm = { url: string; size: number }
export type Stormed = { status: number; retryAfter: string | null }[]

const { url, size } = workerData as Storm

async function signIn(at: number): Promise<Stormed[number]> {
  const body = JSON.stringify({ email: `nobody${at}@example.com`, password: 'not the password of anybody' })
  const headers = { 'Content-Type': 'application/json' }
  const reply = await fetch(`${url}/api/v1/auth/token/`, { method: 'POST', headers, body })
  await reply.arrayBuffer()
  return { status: reply.status, retryAfter: reply.headers.get('retry-after') }
}

parentPort?.postMessage(await Promise.all(Array.from({ length: size }, (_, at) => signIn(at))))
