import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { FairQueue } from '../../../src/domain/passwords/fairQueue.ts'
import { Problem } from '../../../src/problems.ts'

const unavailable = (words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Problem)
  assert.equal(error.code, 'unavailable')
  assert.match(String(error.cause), words)
  return true
}

describe('FairQueue (security 94)', () => {
  /** The networks of the jobs that have started, in order. */
  const started: string[] = []
  beforeEach(() => {
    started.length = 0
  })
  const run = async (queue: FairQueue, network: string, signal?: AbortSignal) => {
    const release = await queue.acquire(network, signal)
    started.push(network)
    await sleep(1)
    release()
  }
  const times = (count: number, start: () => Promise<void>) => Array.from({ length: count }, start)

  it('runs all jobs, and at most the allowed number at a time', async () => {
    const queue = new FairQueue(3, 100)
    let [running, most, done] = [0, 0, 0]
    const work = async (network: string) => {
      const release = await queue.acquire(network)
      most = Math.max(most, ++running)
      await sleep(1)
      running--
      done++
      release()
    }
    await Promise.all(['a', 'b', 'c'].flatMap((network) => times(17, () => work(network))))
    assert.deepEqual({ running, most, done }, { running: 0, most: 3, done: 51 })
  })

  it('serves the networks in turn, and the jobs of each network in order', async () => {
    const queue = new FairQueue(1, 100)
    const order: number[] = []
    const numbered = async (number: number) => {
      await run(queue, 'a')
      order.push(number)
    }
    await Promise.all([...[1, 2, 3, 4].map(numbered), ...times(2, () => run(queue, 'b')), run(queue, 'c')])
    assert.equal(started.join(''), 'aabcaba')
    assert.deepEqual(order, [1, 2, 3, 4])
  })

  it('lets one network use the whole queue while no other network needs it', async () => {
    const queue = new FairQueue(1, 5)
    const answers = await Promise.allSettled(times(8, () => run(queue, 'a')))
    const refused = answers.filter(({ status }) => status === 'rejected')
    assert.equal(refused.length, 2)
    assert.equal(started.length, 6)
  })

  it('drops the newest jobs of the network with most jobs to admit other networks', async () => {
    const queue = new FairQueue(1, 6)
    const first = run(queue, 'x')
    const waiting = [...times(4, () => run(queue, 'a')), ...times(2, () => run(queue, 'b'))]
    const newcomers = times(3, () => run(queue, 'c'))
    const answers = await Promise.allSettled([...waiting, ...newcomers])
    const [done, refused] = ['fulfilled', 'rejected']
    assert.deepEqual(
      answers.map(({ status }) => status),
      [done, done, refused, refused, done, done, done, done, refused],
    )
    await first
    assert.equal(started.join(''), 'xabcabc')
  })

  it('refuses another job of the network with the most jobs if the queue is full', async () => {
    const queue = new FairQueue(1, 4)
    const accepted = [run(queue, 'x'), ...times(2, () => run(queue, 'a')), ...times(2, () => run(queue, 'b'))]
    await assert.rejects(run(queue, 'a'), unavailable(/full/))
    await Promise.all(accepted)
  })

  it('counts the running and waiting jobs and the refusals', async () => {
    const queue = new FairQueue(1, 1)
    const release = await queue.acquire('a')
    const next = queue.acquire('a')
    await assert.rejects(queue.acquire('a'), unavailable(/full/))
    assert.deepEqual(queue.state, { running: 1, waiting: 1, refused: 1 })
    release()
    ;(await next)()
    assert.deepEqual(queue.state, { running: 0, waiting: 0, refused: 1 })
  })

  it('drops the waiting job of a client that has disconnected', async () => {
    const queue = new FairQueue(1, 3)
    const leaving = new AbortController()
    const first = run(queue, 'x')
    const gone = times(3, () => run(queue, 'a', leaving.signal))
    leaving.abort()
    for (const job of gone) await assert.rejects(job, unavailable(/client has gone/))
    const next = times(3, () => run(queue, 'b')) // the queue has room for three again
    await assert.rejects(run(queue, 'c', leaving.signal), unavailable(/client has gone/))
    await Promise.all([first, ...next])
    await run(queue, 'd')
    assert.equal(started.join(''), 'xbbbd')
  })

  it('finishes a running job even if its client disconnects', async () => {
    const queue = new FairQueue(1, 3)
    const leaving = new AbortController()
    const releaseFirst = await queue.acquire('x')
    const waiting = queue.acquire('a', leaving.signal)
    releaseFirst()
    const release = await waiting
    leaving.abort()
    const next = run(queue, 'b')
    assert.deepEqual(started, [])
    release()
    await next
    assert.deepEqual(started, ['b'])
  })
})
