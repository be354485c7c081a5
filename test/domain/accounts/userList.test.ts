import assert from 'node:assert/strict'
import fc from 'fast-check'
import { toFragmentQuery } from '../../../src/domain/accounts/userList.ts'
import { TestService } from '../../support/service.ts'

/** Letters of one to four bytes, and the characters with a meaning in a tsquery or in a pattern. */
const letters = Array.from(`ab1@. '\\&|!():*<-%_"жé例😀`)

describe('toFragmentQuery', () => {
  let service: TestService
  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  it('asks for the beginning of a fragment, or for each three letters of a longer text', () => {
    assert.equal(toFragmentQuery('a'), `'a':*`)
    assert.equal(toFragmentQuery('😀b'), `'😀b':*`)
    assert.equal(toFragmentQuery('abcd'), `'abc' & 'bcd'`)
    assert.equal(toFragmentQuery('aaaaa'), `'aaa'`)
    assert.equal(toFragmentQuery(`\\'`), `'\\\\''':*`)
  })

  it('finds every text that contains the fragment by the result of search_fragments', async () => {
    const text = (maxLength: number) =>
      fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength, size: 'max' })
    const cases = fc.sample(fc.tuple(text(30), fc.nat(30), fc.integer({ min: 1, max: 6 }), text(3)), 2000)
    const pairs = cases.flatMap(([whole, start, length, other]) => {
      const fragment = Array.from(whole)
        .slice(start % whole.length, (start % whole.length) + length)
        .join('')
      return [fragment, other].filter((one) => one !== '').map((one) => [whole, one, toFragmentQuery(one)])
    })
    const rows = await service.sql<{ whole: string; fragment: string; found: boolean; contains: boolean }>(
      `select pair->>0 as whole, pair->>1 as fragment, search_fragments(pair->>0) @@ (pair->>2)::tsquery as found,
         strpos(pair->>0, pair->>1) > 0 as contains
       from jsonb_array_elements($1) pair`,
      [JSON.stringify(pairs)],
    )
    assert.deepEqual(rows.filter(({ found, contains }) => contains && !found).slice(0, 3), [])
    assert.ok(rows.filter(({ contains }) => contains).length > 1000)
    assert.ok(rows.filter(({ found }) => !found).length > 100)
  })

  it('stores an empty text', async () => {
    const [row] = await service.sql<{ fragments: string }>(`select search_fragments('')::text as fragments`)
    assert.equal(row?.fragments, '')
  })
})
