import assert from 'node:assert/strict'
import { formatVerdict, judge } from '../../scripts/bench/check.ts'
import type { Line } from '../../scripts/bench/figures.ts'
import { splitRows } from '../../scripts/bench/grow/fill.ts'
import { compareToFirst, nameStep } from '../../scripts/bench/grow/grow.ts'
import { chooseSteps, readsOfLog } from '../../scripts/bench/grow/reads.ts'
import { completeGrow } from '../../scripts/bench/options.ts'

describe('npm run bench -- --grow', () => {
  it('accepts --grow without a number of rows', () => {
    assert.deepEqual(completeGrow(['--grow'], 50), ['--grow', '50'])
    assert.deepEqual(completeGrow(['--grow', '--seconds', '1'], 50), ['--grow', '50', '--seconds', '1'])
    for (const args of [[], ['--grow', '7'], ['--only', 'me']]) assert.deepEqual(completeGrow(args, 50), args)
  })

  it('makes tenfold steps up to the requested size', () => {
    assert.deepEqual(chooseSteps(10_000_000), [10_000, 100_000, 1_000_000, 10_000_000])
    assert.deepEqual(chooseSteps(250_000), [10_000, 100_000, 250_000])
    assert.deepEqual(chooseSteps(500), [500])
  })

  it('adds rows in batches without gaps', () => {
    assert.deepEqual(splitRows(0, 25, 10), [
      [1, 10],
      [11, 20],
      [21, 25],
    ])
    assert.deepEqual(splitRows(10, 20, 10), [[11, 20]])
    assert.deepEqual(splitRows(20, 20, 10), [])
  })

  it('reads the deep page by the cursor of an earlier page', () => {
    const [first, deep, ...filtered] = readsOfLog('2026-01-01T00:00:00Z')
    assert.equal(deep?.path, first?.path)
    assert.match(deep?.before ?? '', /\?timestamp_before=2026-01-01T00%3A00%3A00Z$/)
    assert.ok(filtered.every(({ path, before }) => path.includes('?') && before === undefined))
  })

  it('compares latencies with those of the first step, and nothing else', () => {
    const figures = (p50: number, size: number) => [
      { name: 'p50', unit: 'ms', value: p50 },
      { name: 'size', unit: 'B', value: size },
    ]
    const steps = [
      { case: nameStep(10_000), figures: figures(2, 300) },
      { case: nameStep(100_000), figures: [...figures(3, 200), { name: 'drop', unit: 'ms', value: 9 }] },
    ]
    const [first, second] = compareToFirst(steps)
    assert.deepEqual(first, steps[0])
    const [latency, ...others] = second?.figures ?? []
    assert.deepEqual(latency?.baseline, { name: '10,000 rows', value: 2 })
    assert.ok(others.every(({ baseline }) => baseline === undefined))
  })
})

describe('npm run bench -- --check', () => {
  const line = (name: string, baseline: string, ratio?: number): Line => {
    const known = { case: name, figure: 'rate', unit: '1/s', values: [1], baselineValues: [1], median: 1, baseline }
    return { ...known, ...(ratio !== undefined && { ratio }) }
  }
  const recorded = [line('me', 'Koa', 0.4), line('me', 'fixed', 0.1), line('refresh', 'SQL', 0.8)]

  it('accepts a ratio that is at most 25 % below the recorded one', () => {
    const verdicts = judge(recorded, [line('me', 'Koa', 0.301), line('me', 'fixed', 0.01), line('refresh', 'SQL', 2)])
    assert.deepEqual(
      verdicts.map(({ case: name, baseline, isWorse }) => [name, baseline, isWorse]),
      [
        ['me', 'Koa', false],
        ['refresh', 'SQL', false],
      ],
    )
  })

  it('refuses a lower ratio, and a case that has no ratio or was not recorded', () => {
    const verdicts = judge(recorded, [line('me', 'Koa', 0.299), line('refresh', 'SQL'), line('sign-in', 'scrypt', 1)])
    assert.deepEqual(
      verdicts.map(({ isWorse }) => isWorse),
      [true, true, true],
    )
  })

  it('reports which case is worse and by how much', () => {
    const [worse, better] = judge(recorded, [line('me', 'Koa', 0.2), line('refresh', 'SQL', 1)]).map(formatVerdict)
    assert.equal(worse, 'WORSE me: 0.200 × Koa, recorded 0.400 (−50 %)')
    assert.equal(better, 'ok refresh: 1.000 × SQL, recorded 0.800 (+25 %)')
  })
})
