import assert from 'node:assert/strict'
import { createHash, createHmac, scryptSync } from 'node:crypto'
import {
  fromDjangoPassword,
  makeUnusablePassword,
  toDjangoPassword,
} from '../../../src/domain/passwords/djangoPassword.ts'
import { Scrypt } from '../../../src/domain/passwords/scrypt.ts'
import { madeHashes } from '../../support/django.ts'

describe('a hash for Django', () => {
  it('has what the hasher needs to verify the password, within 128 characters', async () => {
    const hash = Buffer.from(await Scrypt.kdf('a password', { logN: 10, r: 8, p: 5 }))
    const text = toDjangoPassword(hash)
    assert.ok(text.length <= 128)
    // The same steps as in docs/django/gatehouse_hasher.py.
    const [algorithm, logN, r, p, salt = '', mac] = text.split('$')
    assert.deepEqual([algorithm, logN, r, p], ['gatehouse_scrypt', '10', '8', '5'])
    const parameters = Buffer.from([Number(logN), 0, 0, 0, Number(r), 0, 0, 0, Number(p)])
    const header = Buffer.concat([Buffer.from('scrypt\0'), parameters, Buffer.from(salt, 'base64')])
    const signed = Buffer.concat([header, createHash('sha256').update(header).digest().subarray(0, 16)])
    const key = scryptSync('a password', Buffer.from(salt, 'base64'), 64, { N: 2 ** 10, r: 8, p: 5 })
    assert.equal(mac, createHmac('sha256', key.subarray(32)).update(signed).digest('base64'))
  })

  it('becomes the same hash again in an import', async () => {
    const hash = Buffer.from(await Scrypt.kdf('a password', { logN: 10, r: 8, p: 5 }))
    assert.deepEqual(fromDjangoPassword(toDjangoPassword(hash)), hash)
  })

  it('is refused in an import if it is malformed or costs too much', async () => {
    const text = toDjangoPassword(Buffer.from(await Scrypt.kdf('a password', { logN: 10, r: 8, p: 5 })))
    for (const [wrong, reason] of [
      [text.replace('$10$', '$20$'), /^its parameters are beyond the cap: 20\/8\/5$/],
      [text.replace('$8$', '$999999999$'), /^its parameters are beyond the cap/],
      [text.slice(0, -4), /^its hasher is not supported$/],
      [`${text}$`, /^its hasher is not supported$/],
    ] as const) {
      const read = fromDjangoPassword(wrong)
      assert.ok('unusable' in read, wrong)
      assert.match(read.unusable, reason)
    }
  })

  it('stays as Django made it', () => {
    for (const hash of [...madeHashes.defaults, ...madeHashes.quick])
      assert.equal(toDjangoPassword(Buffer.from(hash)), hash)
  })

  it('is unusable and random for a user without a password', () => {
    const [one, other] = [makeUnusablePassword(), makeUnusablePassword()]
    assert.match(one, /^!.{40}$/)
    assert.notEqual(one, other)
  })
})
