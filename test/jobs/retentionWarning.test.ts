import assert from 'node:assert/strict'
import { TestService } from '../support/service.ts'

describe('the warning about a LOGIN_LOG_RETENTION below shortest_retention (security 99)', () => {
  const warnings = async (LOGIN_LOG_RETENTION: string) => {
    const lines: string[] = []
    const service = await TestService.start({ LOGIN_LOG_RETENTION }, { onLog: (line) => lines.push(line) })
    await service.stop()
    return lines
      .map((line) => JSON.parse(line) as { level: number; setting?: string; msg: string })
      .filter(({ setting }) => setting === 'LOGIN_LOG_RETENTION')
      .map(({ level, msg }) => `${level}: ${msg}`)
  }

  it('is logged at start', async () => {
    const [warning, ...others] = await warnings('7d')
    assert.match(warning ?? '', /^40: .* kept for 30 days, .* set it to 30d or more/)
    assert.deepEqual(others, [])
  })

  it('is not logged if LOGIN_LOG_RETENTION is long enough', async () => {
    assert.deepEqual(await warnings('30d'), [])
  })
})
