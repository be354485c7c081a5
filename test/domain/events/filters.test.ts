import assert from 'node:assert/strict'
import { requireIpAddress, toTimestamp } from '../../../src/domain/events/filters.ts'
import { Problem } from '../../../src/problems.ts'

describe('the parser of list filters', () => {
  for (const [text, moment] of [
    [undefined, undefined],
    ['2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z'],
    ['2026-11-01t00:00:00z', '2026-11-01T00:00:00Z'],
    ['2026-11-01 00:00:00Z', '2026-11-01T00:00:00Z'],
    ['2026-11-01T02:00:00+02:00', '2026-11-01T00:00:00Z'],
    ['2026-10-31T18:30:00-05:30', '2026-11-01T00:00:00Z'],
    ['2026-11-01T02:00:00+0200', '2026-11-01T00:00:00Z'],
    ['2026-11-01T02:00:00+02', '2026-11-01T00:00:00Z'],
    ['2026-10-31T19:00:00.25-05', '2026-11-01T00:00:00.25Z'],
    ['2026-11-01T00:00:00.123456Z', '2026-11-01T00:00:00.123456Z'],
    ['2026-11-01T02:00:00.000001+02:00', '2026-11-01T00:00:00.000001Z'],
    ['2026-11-01T00:00:00.1234567Z', '2026-11-01T00:00:00.123456Z'],
    ['2026-06-30T23:59:60Z', '2026-06-30T23:59:59Z'],
    ['2026-07-01T01:59:60.5+02:00', '2026-06-30T23:59:59.5Z'],
    ['2028-02-29T12:00:00Z', '2028-02-29T12:00:00Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['0001-01-01T00:00:00+05:00', '-infinity'],
    ['0000-01-01T00:00:00Z', '-infinity'],
    ['0099-01-01T00:00:00Z', '0099-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'],
    ['9999-12-31T23:59:59-05:00', 'infinity'],
  ] as const) {
    it(`reads the time ${String(text)} as ${String(moment)}`, () => {
      assert.equal(toTimestamp(text), moment)
    })
  }

  for (const text of [
    '203.0.113.7',
    '0.0.0.0',
    '::',
    '::1',
    '2001:DB8:0:0:0:0:0:1',
    '2001:db8::1',
    '::ffff:203.0.113.7',
  ]) {
    it(`accepts ${text} as an IP address`, () => {
      assert.ok(requireIpAddress(text))
    })
  }

  for (const [text, expected] of [
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:CB00:7107', '203.0.113.7'],
    ['0:0:0:0:0:ffff:cb00:7107', '203.0.113.7'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::ffff:0:203.0.113.7', '::ffff:0:cb00:7107'],
    ['64:ff9b::203.0.113.7', '64:ff9b::cb00:7107'],
    ['2002:cb00:7107::1', '2002:cb00:7107::1'],
    ['::203.0.113.7', '::cb00:7107'],
  ] as const) {
    it(`reads the IP address ${text} as ${expected}`, () => {
      assert.equal(requireIpAddress(text), expected)
    })
  }

  for (const text of [
    '::ffff:203.0.113.07',
    '::ffff:203.0.113',
    '00001::1',
    '',
    '1',
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4.5',
    '1.2.3.4/32',
    '1.2.3.4:80',
    '::g',
    ':::',
    '1::2::3',
    '2001:db8:::1',
    '[::1]',
    'fe80::1%eth0/64',
    'localhost',
  ]) {
    it(`refuses ${JSON.stringify(text)} as an IP address`, () => {
      assert.throws(
        () => requireIpAddress(text),
        (error) => error instanceof Problem && error.errors?.[0]?.parameter === 'ip_address',
      )
    })
  }
})
