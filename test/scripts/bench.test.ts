import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cases } from '../../scripts/bench/cases.ts'
import { formatComparison } from '../../scripts/bench/comparison.ts'
import { joinRounds } from '../../scripts/bench/figures.ts'
import { chooseCases, parseCount, repeatCompare } from '../../scripts/bench/options.ts'
import { parseCpu, parsePss } from '../../scripts/bench/proc.ts'
import { readReport, type Report } from '../../scripts/bench/report.ts'
import { median, percentile } from '../../scripts/statistics.ts'
import { formatNumber, formatTable } from '../../scripts/bench/table.ts'

/** Makes a report of one case, with a rate and the rate of its baseline in each round. */
function makeReport(rates: readonly [value: number, baseline: number][]): Report {
  const rounds = rates.map(([value, baseline]) => ({
    case: 'me',
    figures: [
      { name: 'rate', unit: '1/s', value, baseline: { name: 'Koa', value: baseline } },
      { name: 'CPU', unit: 'ms', value: value / 100 },
    ],
  }))
  const machine = { date: '2026-11-27T10:00:00.000Z', commit: 'abc', cores: 2, cpu: 'a CPU', memory: '8 GiB' }
  return {
    machine: { ...machine, kernel: '6', node: 'v26.0.0', postgres: '18', load: 0 },
    options: { seconds: 5, warm: 2, connections: 32, rounds: rates.length },
    lines: joinRounds(rounds),
    failures: {},
  }
}

describe('npm run bench', () => {
  it('calculates medians and percentiles', () => {
    assert.equal(median([3, 1, 2]), 2)
    assert.equal(median([4, 1, 3, 2]), 2.5)
    assert.ok(Number.isNaN(median([])))
    const values = Array.from({ length: 100 }, (_, index) => 100 - index)
    assert.equal(percentile(values, 0.5), 50)
    assert.equal(percentile(values, 0.99), 99)
    assert.equal(percentile([7], 0.99), 7)
    assert.ok(Number.isNaN(percentile([], 0.5)))
  })

  it('reads CPU time from /proc/PID/stat, also of a program with an odd name', () => {
    const fields = ['S', '1', '2', '2', '0', '-1', '4194304', '900', '0', '3', '0', '123', '45', '6', '7', '20', '0']
    assert.equal(parseCpu(`42 (node) ${fields.join(' ')}`), 1810)
    assert.equal(parseCpu(`42 (a) b (c) ${fields.join(' ')}`), 1810)
    assert.equal(parseCpu(''), 0)
  })

  it('reads the proportional set size from /proc/PID/smaps_rollup', () => {
    const lines = ['00400000-7fff [rollup]', 'Rss:  204800 kB', 'Pss:  102400 kB', 'Pss_Dirty:  51200 kB', '']
    assert.equal(parsePss(lines.join('\n')), 100)
    assert.throws(() => parsePss(''), /no line Pss/)
  })

  it('takes the median of the ratios within the rounds', () => {
    const [rate, cpu, ...others] = makeReport([
      [100, 200],
      [300, 300],
      [200, 1000],
    ]).lines
    assert.deepEqual(others, [])
    assert.deepEqual(rate?.values, [100, 300, 200])
    assert.deepEqual(rate.baselineValues, [200, 300, 1000])
    assert.deepEqual([rate.median, rate.baselineMedian, rate.ratio], [200, 300, 0.5])
    assert.deepEqual([cpu?.median, cpu?.baseline, cpu?.ratio], [2, undefined, undefined])
  })

  it('has no ratio if every request of the baseline failed', () => {
    assert.equal(makeReport([[0, 0]]).lines[0]?.ratio, undefined)
  })

  it('prints a table', () => {
    const { lines } = makeReport([
      [1000, 4000],
      [3000, 4000],
    ])
    assert.deepEqual(formatTable(lines).split('\n'), [
      '| case | figure | baseline | unit | median |     from – to | its median | ratio |',
      '| ---- | ------ | -------- | ---- | -----: | ------------: | ---------: | ----: |',
      '| me   | rate   | Koa      | 1/s  |  2,000 | 1,000 – 3,000 |      4,000 |  0.50 |',
      '| me   | CPU    |          | ms   |     20 |       10 – 30 |            |       |',
    ])
  })

  it('prints three digits of a number', () => {
    const numbers = [0, 0.01234, 1.234, 12.34, 123.4, 12_345.6, -5.5, NaN]
    assert.deepEqual(numbers.map(formatNumber), ['0', '0.012', '1.23', '12.3', '123', '12,346', '-5.5', '–'])
  })

  it('compares two runs, without the lines that only one of them has', () => {
    const before = makeReport([[1000, 4000]])
    const after = makeReport([[1500, 5000]])
    const table = formatComparison({ ...before, lines: before.lines.slice(0, 1) }, after)
    assert.deepEqual(table.split('\n').slice(2), [
      '| me   | rate   | Koa      | 1/s  | 1,000 | 1,500 |      1.50 |      0.25 |      0.30 |      1.20 |',
    ])
    assert.match(formatComparison(before, after), /\| CPU .* 10 \| +15 \| +1\.50 \|/)
  })

  it('reads the file of a run, and refuses other files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'))
    try {
      const file = join(folder, 'run.json')
      const report = makeReport([[1, 2]])
      await writeFile(file, JSON.stringify(report))
      assert.deepEqual(await readReport(file), report)
      for (const text of ['', 'null', '{}', '[]']) {
        await writeFile(file, text)
        await assert.rejects(readReport(file), /is not a file that npm run bench/)
      }
      await assert.rejects(readReport(join(folder, 'none.json')), /cannot be read/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('chooses cases in the order of a round', () => {
    assert.deepEqual(
      chooseCases(['refresh, me', 'start']).map(({ name }) => name),
      ['start', 'me', 'refresh'],
    )
    assert.equal(chooseCases(undefined), cases)
    assert.throws(() => chooseCases(['me,you']), /There is no case you/)
  })

  it('refuses counts that are not whole numbers of the range', () => {
    assert.equal(parseCount('--rounds', '5', 10), 5)
    for (const text of ['0', '11', '1.5', 'x', ''])
      assert.throws(() => parseCount('--rounds', text, 10), /--rounds must be a whole number from 1 to 10/)
  })

  it('accepts two files after --compare', () => {
    assert.deepEqual(repeatCompare(['--compare', 'a', 'b']), ['--compare', 'a', '--compare', 'b'])
    for (const args of [[], ['--compare'], ['--compare', 'a'], ['--compare', 'a', '--compare', 'b'], ['--only', 'me']])
      assert.deepEqual(repeatCompare(args), args)
  })
})
