// The sign-ins run in this separate thread, so that the measurements in the main thread do not wait for them.
import { parentPort, workerData } from 'node:worker_threads'

export type Storm = { url: string; size: number }
export type StormReplies = { status: number; retryAfter: string | null }[]

const { url, size } = workerData as Storm

async function signIn(index: number): Promise<StormReplies[number]> {
  const body = JSON.stringify({ email: `nobody${index}@example.com`, password: 'not the password of any user' })
  const headers = { 'Content-Type': 'application/json' }
  const reply = await fetch(`${url}/api/v1/auth/token/`, { method: 'POST', headers, body })
  await reply.arrayBuffer()
  return { status: reply.status, retryAfter: reply.headers.get('retry-after') }
}

parentPort?.postMessage(await Promise.all(Array.from({ length: size }, (_, index) => signIn(index))))
