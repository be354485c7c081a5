import assert from 'node:assert/strict'
import { createLog } from '../../src/log.ts'
import { stopParts, type Part } from '../../src/stopParts.ts'

describe('stopParts', () => {
  let stopped: string[]
  let lines: Record<string, unknown>[]
  beforeEach(() => {
    stopped = []
    lines = []
  })

  const log = createLog('info', { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) })
  const part = (name: string): Part => ({ name, stop: () => Promise.resolve(stopped.push(name)) })

  it('stops the parts in order, and continues after a part that fails', async () => {
    const failing = {
      name: 'failing',
      stop: () => {
        throw new Error('of a test')
      },
    }
    assert.deepEqual(await stopParts([part('a'), failing, part('b')], log), [])
    assert.deepEqual(stopped, ['a', 'b'])
    assert.deepEqual(
      lines.map(({ level, part: name }) => [level, name]),
      [[50, 'failing']],
    )
  })

  it('names the parts that do not stop in time, and stops the others', async () => {
    const hanging = { name: 'hanging', stop: () => new Promise(() => undefined) }
    assert.deepEqual(await stopParts([part('a'), hanging, part('b')], log, 100), ['hanging'])
    assert.deepEqual(stopped, ['a', 'b'])
    assert.deepEqual(
      lines.map(({ level, parts, msg }) => [level, parts, msg]),
      [[50, ['hanging'], 'did not stop within 0.1 s']],
    )
  })
})
