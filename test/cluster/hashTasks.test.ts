import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { HashTasks } from '../../src/cluster/hashTasks.ts'
import { RemoteHashQueue } from '../../src/cluster/remoteHashQueue.ts'
import { LocalHashQueue } from '../../src/domain/passwords/hashQueue.ts'
import type { HashTask } from '../../src/domain/passwords/hashTask.ts'
import { Problem } from '../../src/problems.ts'

/** Two serving processes and a primary whose hashes take until `finish`. Their messages are cloned, as by IPC. */
function makeCluster() {
  const finished = Promise.withResolvers<{ hash: Uint8Array }>()
  const started: string[] = []
  const queue = new LocalHashQueue({
    run: ({ password }) => {
      started.push(password)
      return password === 'broken' ? Promise.reject(new Error('out of memory')) : finished.promise
    },
    stop: () => undefined,
  })
  const join = () => {
    const tasks = new HashTasks(queue, (message) => {
      remote.settle(structuredClone(message))
    })
    const remote = new RemoteHashQueue((message) => {
      const { type, ...received } = structuredClone(message)
      if (type === 'hash') void tasks.run({ type, ...received } as never)
      if (type === 'cancelHash' && 'id' in received) tasks.cancel(received.id)
    })
    return { tasks, remote }
  }
  const finish = () => {
    finished.resolve({ hash: Uint8Array.of(1, 2) })
  }
  return { queue, started, processes: [join(), join()] as const, finish }
}

const task = (password: string): HashTask => ({ password })
const isGone = (error: unknown) =>
  error instanceof Problem && error.code === 'unavailable' && /gone/.test(String(error.cause))

describe('the hash queue of a cluster (security 61, 94)', () => {
  it('has one bound for all processes, beyond which a task gets 503', async () => {
    const { queue, processes, finish } = makeCluster()
    const [one, two] = processes
    const first = Array.from({ length: 60 }, (_, index) => one.remote.run(task(`a${index}`), 'network'))
    const { running } = queue.state
    const second = Array.from({ length: 40 + running }, (_, index) => two.remote.run(task(`b${index}`), 'network'))
    assert.deepEqual(queue.state, { running, waiting: 100, refused: 0 })
    await assert.rejects(two.remote.run(task('last'), 'network'), (error: Problem) => {
      assert.deepEqual([error.code, error.cause], ['unavailable', 'the hash queue is full'])
      return /^Too many passwords/.test(error.detail)
    })
    finish()
    const outcomes = await Promise.all([...first, ...second])
    assert.deepEqual(outcomes.at(-1), { hash: Uint8Array.of(1, 2) })
    assert.deepEqual(queue.state, { running: 0, waiting: 0, refused: 1 })
  })

  it('drops a task whose client has gone', async () => {
    const { queue, started, processes, finish } = makeCluster()
    const [{ remote }] = processes
    const running = Array.from({ length: 70 }, () => remote.run(task('x'), 'network'))
    const client = new AbortController()
    const waiting = remote.run(task('of a client that goes'), 'network', client.signal)
    const before = queue.state.waiting
    client.abort()
    await assert.rejects(waiting, isGone)
    assert.equal(queue.state.waiting, before - 1)
    await assert.rejects(remote.run(task('too late'), 'network', client.signal), isGone)
    finish()
    await Promise.all(running)
    assert.deepEqual([...new Set(started)], ['x'])
  })

  it('drops the waiting tasks of a process that has ended', async () => {
    const { queue, started, processes, finish } = makeCluster()
    const [one, two] = processes
    for (let each = 0; each < 70; each++)
      one.remote.run(task('of the process that ends'), 'network').catch(() => undefined)
    const { running } = queue.state
    const other = two.remote.run(task('of the other'), 'network')
    one.tasks.cancelAll()
    await sleep(0)
    assert.equal(queue.state.waiting, 1)
    finish()
    await other
    assert.equal(started.length, running + 1)
  })

  it('reports an error of the hashing process', async () => {
    const { processes } = makeCluster()
    await assert.rejects(processes[0].remote.run(task('broken'), 'network'), /out of memory/)
  })
})
