import assert from 'node:assert/strict'
import { toIsoUtc, typeParsers } from '../../src/db/typeParsers.ts'

describe('the parsers of PostgreSQL’s types', () => {
  const cases: [postgres: string, iso: string][] = [
    ['2026-11-24 09:30:00+00', '2026-11-24T09:30:00.000000Z'],
    ['2026-11-24 09:30:00.123456+00', '2026-11-24T09:30:00.123456Z'],
    ['2026-11-24 09:30:00.1+00', '2026-11-24T09:30:00.100000Z'],
    ['2026-11-24 12:30:00.123456+03', '2026-11-24T09:30:00.123456Z'],
    ['2026-11-23 23:30:00-10', '2026-11-24T09:30:00.000000Z'],
    ['2026-11-24 15:15:00.5+05:45', '2026-11-24T09:30:00.500000Z'],
    ['2026-01-01 00:15:00+00:30', '2025-12-31T23:45:00.000000Z'],
    ['0099-01-01 00:00:00+00', '0099-01-01T00:00:00.000000Z'],
    ['1880-01-01 00:53:28+00:53:28', '1880-01-01T00:00:00.000000Z'],
    ['infinity', 'infinity'],
    ['-infinity', '-infinity'],
  ]
  for (const [postgres, iso] of cases) {
    it(`convert ${postgres} to ${iso}`, () => {
      assert.equal(toIsoUtc(postgres), iso)
    })
  }

  const others = [
    '24.11.2026 09:30:00.123456 UTC',
    'Tue Nov 24 09:30:00.123456 2026 UTC',
    '11/24/2026 09:30:00.123456 UTC',
    '2026-11-24 09:30:00.123456 CET',
    '0044-03-15 12:00:00+00 BC',
    '2026-11-24',
    '',
  ]
  for (const text of others) {
    it(`throw for ${text === '' ? 'an empty text' : text}, which is not ISO 8601`, () => {
      assert.throws(() => toIsoUtc(text), /not in ISO 8601/)
    })
  }

  it('convert int8 to a number', () => {
    const parse = typeParsers.getTypeParser(20) as unknown as (text: string) => unknown
    assert.equal(parse('9007199254740991'), Number.MAX_SAFE_INTEGER)
  })
})
