import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { Semaphore } from '../../src/db/semaphore.ts'
import { Problem } from '../../src/problems.ts'

const unavailable = (error: unknown) =>
  error instanceof Problem && error.code === 'unavailable' && error.cause === 'why'

describe('Semaphore', () => {
  it('runs at most as many callers at once as it has permits', async () => {
    const slots = new Semaphore(3, {})
    let [taken, most, done] = [0, 0, 0]
    const work = async () => {
      const free = await slots.acquire('why')
      most = Math.max(most, ++taken)
      await sleep(1)
      taken--
      done++
      free()
    }
    await Promise.all(Array.from({ length: 50 }, work))
    assert.deepEqual({ taken, most, done }, { taken: 0, most: 3, done: 50 })
  })

  it('serves waiting callers in the order of their arrival', async () => {
    const slots = new Semaphore(1, {})
    const order: number[] = []
    const first = await slots.acquire('why')
    const waiting = [1, 2, 3].map(async (number) => {
      const free = await slots.acquire('why')
      order.push(number)
      free()
    })
    first()
    await Promise.all(waiting)
    assert.deepEqual(order, [1, 2, 3])
  })

  it('refuses a caller at once if the queue is full (security 87)', async () => {
    const slots = new Semaphore(1, { maxWaiting: 2 })
    const free = await slots.acquire('why')
    const waiting = [slots.acquire('why'), slots.acquire('why')]
    await assert.rejects(slots.acquire('why'), unavailable)
    free()
    for (const one of waiting) (await one)()
    ;(await slots.acquire('why'))()
  })

  it('refuses a caller that has waited too long, and reserves no permit for it', async () => {
    const slots = new Semaphore(1, { maxWait: 20, maxWaiting: 1 })
    const free = await slots.acquire('why')
    const began = performance.now()
    await assert.rejects(slots.acquire('why'), unavailable)
    assert.ok(performance.now() - began < 500)
    free() // must free the permit, and not give it to the caller that gave up
    const again = await slots.acquire('why')
    const next = slots.acquire('why') // the queue has room for one caller, and is empty again
    again()
    ;(await next)()
  })

  it('cancels the time-out of a caller that was served', async () => {
    const slots = new Semaphore(1, { maxWait: 60 })
    const free = await slots.acquire('why')
    const second = slots.acquire('why')
    free()
    const held = await second
    await sleep(30)
    const third = slots.acquire('why')
    await sleep(45) // by now the second caller would have timed out
    held()
    assert.equal(typeof (await third), 'function')
  })

  it('serves the next caller if the caller before it gives up', async () => {
    const slots = new Semaphore(1, { maxWait: 40 })
    const free = await slots.acquire('why')
    const early = slots.acquire('why')
    await sleep(25)
    const late = slots.acquire('why')
    await assert.rejects(early, unavailable)
    free()
    ;(await late)()
    assert.equal(typeof (await slots.acquire('why')), 'function')
  })

  it('counts the running callers, the waiting callers and the refusals', async () => {
    const slots = new Semaphore(1, { maxWaiting: 1 })
    const free = await slots.acquire('why')
    const next = slots.acquire('why')
    await assert.rejects(slots.acquire('why'), unavailable)
    assert.deepEqual(slots.state, { size: 1, inUse: 1, waiting: 1, refused: 1 })
    free()
    ;(await next)()
    assert.deepEqual(slots.state, { size: 1, inUse: 0, waiting: 0, refused: 1 })
  })
})
