import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { findWrongAnswers } from '../../../scripts/sdk/callApi.ts'

describe('findWrongAnswers, which calls an API with wrong tokens', () => {
  const makeSamples = () => ({ userId: 'the-user', genuine: 'good', forged: { expired: 'old' } })
  const running = new Promise(() => undefined)
  let server: Server | undefined

  const listen = async (listener: RequestListener) => {
    server = createServer(listener).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/me`
  }

  afterEach(() => server?.close())

  it('reports nothing for an API that accepts only the genuine token', async () => {
    const url = await listen(({ headers }, reply) => {
      const genuine = headers.authorization === 'Bearer good'
      reply.writeHead(genuine ? 200 : 401).end(genuine ? '{"user":"the-user"}' : undefined)
    })
    assert.deepEqual(await findWrongAnswers(url, makeSamples, running), [])
  })

  it('reports each sample of a wrong or missing token that an API accepts', async () => {
    const url = await listen((_request, reply) => reply.end('{"user":"the-user"}'))
    const wrong = await findWrongAnswers(url, makeSamples, running)
    assert.deepEqual(wrong.slice(0, 2), ['expired: 200 the-user, not 401', 'no-header: 200 the-user, not 401'])
    assert.equal(wrong.length, 7)
  })

  it('requires the user’s id in the reply to the genuine token', async () => {
    const url = await listen(({ headers }, reply) => {
      if (headers.authorization === 'Bearer good') reply.end('{"user":"another"}')
      else reply.writeHead(401).end()
    })
    const wrong = await findWrongAnswers(url, makeSamples, running)
    assert.deepEqual(wrong, ['genuine: 200 another, not 200 the-user'])
  })

  it('requires 401, not 400 or 500, for a forged token', async () => {
    for (const status of [400, 500]) {
      const url = await listen(({ headers }, reply) => {
        if (headers.authorization === 'Bearer good') reply.end('{"user":"the-user"}')
        else reply.writeHead(headers.authorization === 'Bearer old' ? status : 401).end()
      })
      assert.deepEqual(await findWrongAnswers(url, makeSamples, running), [`expired: ${status}, not 401`])
      server?.close()
    }
  })

  it('reports an API whose process ends before it listens', async () => {
    const url = await listen(() => undefined)
    server?.close()
    assert.deepEqual(await findWrongAnswers(url, makeSamples, Promise.resolve()), ['it did not listen'])
  })
})
