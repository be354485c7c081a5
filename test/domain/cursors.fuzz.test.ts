import assert from 'node:assert/strict'
import { createSecretKey, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { Cursors } from '../../src/domain/cursors.ts'
import { around, describeFuzz, holds, nearly, problemOf } from '../support/fuzz.ts'

const key = () => createSecretKey(randomBytes(32))
const previous = key()
const cursors = new Cursors(key(), [previous])
const older = new Cursors(previous)
const foreign = new Cursors(key())

const value = fc.oneof(
  fc.constantFrom('2026-11-24T10:15:42.318123Z', '-infinity', ''),
  fc.string({ unit: 'grapheme', maxLength: 10 }).map((text) => text.replaceAll(' ', '')),
)
const places = fc.record({ value, id: fc.uuid(), backward: fc.boolean() }, { noNullPrototype: true })
const lists = fc.constantFrom('logs', 'logs-', 'users email', 'users', '')

describeFuzz('cursors (security 72)', () => {
  it('decrypt to the encrypted position, with the current or the previous key', () =>
    holds(fc.tuple(lists, places, fc.constantFrom(cursors, older)), ['read'], ([list, place, writer]) => {
      assert.deepEqual(cursors.read(list, writer.write(list, place)), place)
      return 'read'
    }))

  it('are refused if altered in any way', () =>
    holds(
      fc.tuple(lists, places).chain(([list, place]) => {
        const cursor = cursors.write(list, place)
        return fc.tuple(fc.constant({ list, place, cursor }), around(fc.constant(cursor)))
      }),
      ['read', 'refused'],
      async ([{ list, place, cursor }, text]) => {
        let read: unknown
        const problem = await problemOf(() => (read = cursors.read(list, text)), 'invalid')
        assert.equal(problem === undefined, text === cursor)
        if (!problem) assert.deepEqual(read, place)
        else
          assert.deepEqual(
            problem.errors?.map(({ parameter }) => parameter),
            ['cursor'],
          )
        return problem ? 'refused' : 'read'
      },
    ))

  it('are refused by another list, and by a service with another key', () =>
    holds(
      fc.tuple(lists, nearly(lists, 1), places, fc.boolean()),
      ['own', 'refused'],
      async ([list, other, place, ours]) => {
        const cursor = (ours ? cursors : foreign).write(list, place)
        const problem = await problemOf(() => cursors.read(other, cursor), 'invalid')
        assert.equal(problem === undefined, ours && Buffer.from(list).equals(Buffer.from(other)))
        return problem ? 'refused' : 'own'
      },
    ))
})
