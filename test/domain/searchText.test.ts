import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readMigrations } from '../../src/db/migrate.ts'
import { splitStatements } from '../../src/db/rawSql.ts'
import { foldText, searchText } from '../../src/domain/searchText.ts'
import { createTestDatabase, query } from '../support/database.ts'
import { skip } from '../support/skip.ts'

/** The texts of each row are the same after folding. */
const equalTexts = [
  ['STRASSE', 'strasse', 'Ｓｔｒａｓｓｅ'],
  ['Ёлкин', 'ЁЛКИН', 'Е\u0308лкин'],
  ['İstanbul', 'istanbul', 'ISTANBUL'],
  ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς', 'οδυσσευσ'],
  ['Émilie', 'e\u0301MILIE'],
  ['ﬁle', 'FILE'],
]

describe('searchText (the stored text in which listUsers searches)', () => {
  for (const texts of equalTexts)
    it(`returns the same text for ${texts.join(', ')}`, () => {
      assert.equal(new Set(texts.map(foldText)).size, 1, texts.map(foldText).join())
    })

  it('contains each fragment of the name and address, folded in the same way', () => {
    for (const text of equalTexts.flat())
      for (let start = 0; start < text.length; start++) {
        const fragment = text.slice(start, start + 4)
        if (/^\p{M}/u.test(fragment)) continue // only a fragment that begins with a combining mark folds otherwise
        assert.ok(foldText(text).includes(foldText(fragment)), `${fragment} of ${text}`)
      }
  })

  it('returns a text that fits into its column even if NFKC makes a name longer', () => {
    const name = 'ﷺ'.repeat(150)
    assert.ok(searchText({ email: 'a@example.com', first_name: name, last_name: name }).length <= 700)
  })

  it('returns the same as the migration stores for users of an earlier release', async function () {
    const database = await createTestDatabase()
    const sql = <Row extends object>(text: string, values: unknown[] = []) =>
      query<Row & Record<string, unknown>>(database.url, text, values)
    try {
      const [locale] = await sql<{ lower: string }>(`select lower('ЁÉ')`)
      if (locale?.lower !== 'ёé') skip(this, 'the lower() of this database folds ASCII only')
      const names = [...equalTexts.flat(), 'ﷺ'.repeat(150)]
      for (const name of names)
        await sql(`insert into users (id, email, first_name, last_name) values ($1, 'A@example.com', $2, 'Ärö')`, [
          randomUUID(),
          name,
        ])
      const statements = (await readMigrations()).flatMap(({ text }) => splitStatements(text))
      const fill = statements.filter((statement) => statement.startsWith('update users set search_text'))
      assert.equal(fill.length, 1)
      await sql(fill.join())
      const rows = await sql<{ first_name: string; search_text: string }>('select first_name, search_text from users')
      assert.equal(rows.length, names.length)
      for (const { first_name, search_text } of rows)
        assert.equal(search_text, searchText({ email: 'A@example.com', first_name, last_name: 'Ärö' }))
    } finally {
      await database.drop()
    }
  })
})
