import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { compare } from '../../scripts/securityTiming/statistics.ts'
import { runScript } from '../support/command.ts'

describe('npm run security:timing', () => {
  it('compares by the Mann–Whitney U test, as SciPy does', () => {
    const { medians, effect, p } = compare([19, 22, 16, 29, 24], [20, 11, 17, 12])
    assert.deepEqual([medians, effect], [[22, 14.5], 17 / 20])
    assert.ok(Math.abs(p - 0.11134688653314041) < 1e-6, String(p))
    assert.deepEqual(compare([1, 1, 1], [1, 1, 1]), { medians: [1, 1], effect: 0.5, p: 1 })
    const [quick, slow] = [
      Array.from({ length: 200 }, (_, at) => at % 20),
      Array.from({ length: 200 }, (_, at) => (at % 20) + 5),
    ]
    assert.ok(compare(quick, slow).p < 1e-10)
    assert.equal(compare(quick, slow).p, compare(slow, quick).p)
  })

  it('prints help with --help, and names an option that is not a number', async () => {
    const help = await runScript(tmpdir(), {}, 'scripts/securityTiming.ts', '--help')
    assert.deepEqual(
      [help.code, help.stdout.split('\n')[0]],
      [0, 'npm run security:timing [-- --times N --mails N --storm N]'],
    )
    const refused = await runScript(tmpdir(), {}, 'scripts/securityTiming.ts', '--times', 'many')
    assert.deepEqual([refused.code, refused.stderr], [1, '--times many: it must be a number of requests.\n'])
  })
})
