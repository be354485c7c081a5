import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { Clock } from '../../src/domain/clock.ts'

const local = () => Date.now() / 1000
/** The clock measures local times from the start of the process, so that a step of the system's clock is harmless. */
const sinceStart = () => performance.now() / 1000

function assertAhead(clock: Clock, seconds: number): void {
  const ahead = clock.now() - local()
  assert.ok(Math.abs(ahead - seconds) < 0.1, `ahead by ${ahead} s instead of ${seconds}`)
}

describe('Clock (security 85)', () => {
  it('equals the local clock before the first measurement', () => {
    assertAhead(new Clock(), 0)
  })

  it("is not changed by a step of the system's clock", () => {
    const clock = new Clock()
    clock.adjust(local())
    const before = clock.now()
    const { now } = Date
    for (const step of [3_600_000, -3_600_000]) {
      Date.now = () => now() + step
      assert.ok(Math.abs(clock.now() - before) < 1, `${step}`)
    }
    Date.now = now
  })

  it('follows the clock of the database if that is fast or slow', () => {
    const clock = new Clock()
    for (const seconds of [600, -600, 0]) {
      clock.adjust(local() + seconds)
      assertAhead(clock, seconds)
    }
  })

  it('ignores a measurement whose reply arrives late', async () => {
    const clock = new Clock()
    const answer = async () => {
      const read = local() // the database reads its clock immediately, and then the event loop is blocked
      await sleep(1500)
      return read
    }
    await clock.measure(answer, (seconds) => seconds)
    assertAhead(clock, 0)
  })

  it('ignores a measurement whose query waited for a connection', async () => {
    const clock = new Clock()
    const answer = async () => {
      await sleep(1500)
      return local()
    }
    await clock.measure(answer, (seconds) => seconds)
    assertAhead(clock, 0)
  })

  it('is corrected by a late reply only as far as its time is certain', () => {
    const clock = new Clock()
    clock.adjust(local() + 10, sinceStart() - 2, sinceStart())
    assertAhead(clock, 10)
    clock.adjust(local() + 9, sinceStart() - 2, sinceStart()) // between 9 and 11 s ahead: 10 may still be right
    assertAhead(clock, 10)
    clock.adjust(local() + 4, sinceStart() - 2, sinceStart()) // between 4 and 6
    assertAhead(clock, 6)
  })

  it('ignores a reply without a time', async () => {
    const clock = new Clock()
    clock.adjust(local() + 60)
    assert.equal(
      await clock.measure(
        () => Promise.resolve('no key'),
        () => undefined,
      ),
      'no key',
    )
    assertAhead(clock, 60)
  })
})
