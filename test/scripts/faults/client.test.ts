import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { Client } from '../../../scripts/faults/client.ts'
import { Recorder } from '../../../scripts/faults/recorder.ts'

/** Sends a request to a server that replies with a text, or closes the connection. @returns the outcome and the counts */
async function send(reply: string, allowed: number[] = []) {
  const server = createServer((socket) => {
    socket.once('data', () => socket.end(reply))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const recorder = new Recorder()
  const client = new Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, recorder)
  const { kind } = await client.send('users/me/', { allowed })
  server.close()
  return { kind, recorder }
}

const head = (status: string, fields = '') => `HTTP/1.1 ${status}\r\nContent-Length: 2\r\n${fields}\r\n{}`

describe('the client of npm run test:faults', () => {
  it('treats 503 with Retry-After and a lost connection as an uncertain outcome', async () => {
    for (const reply of [head('503 Unavailable', 'Retry-After: 5\r\n'), '']) {
      const { kind, recorder } = await send(reply)
      assert.deepEqual([kind, recorder.failed], ['uncertain', false])
      assert.equal(recorder.unavailable + recorder.broken, 1)
    }
  })

  it('reports a 500, and a 503 without Retry-After', async () => {
    for (const reply of [head('500 Internal'), head('503 Unavailable')]) {
      const { recorder } = await send(reply)
      assert.deepEqual([recorder.failed, recorder.internalErrors, recorder.violations.length], [true, 1, 1])
    }
  })

  it('reports a 4xx that the caller has not allowed', async () => {
    assert.equal((await send(head('401 Unauthorized'))).recorder.failed, true)
    assert.equal((await send(head('401 Unauthorized'), [401])).recorder.failed, false)
  })
})
