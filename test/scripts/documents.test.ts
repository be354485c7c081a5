import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const files = (pattern: string) => globSync(pattern, { cwd: root }).sort()

const documents = ['ARCHITECTURE.md', 'README.md', 'SECURITY.md', ...files('docs/*.md'), 'sql/README.md']
// The folders to which the paths in ARCHITECTURE.md may be relative.
const bases = ['', 'src', 'sql/queries', 'sql', 'docs']

/** The paths that a document names in backticks or links to. */
function pathsIn(text: string): string[] {
  const named = [...text.matchAll(/`([\w./-]+\.(?:ts|sql|md|yaml|json|toml|js))`/g)].map(([, path = '']) => path)
  const linked = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path = '']) => path)
  // Some matches are not files of the repository: URL paths, files in DATA_DIR and PAGES_DIR, and the package ipaddr.js.
  return [...new Set([...named, ...linked])].filter(
    (path) => !/^(\/|DATA_DIR|(colors|texts\/\w+)\.json$|ipaddr\.js$)/.test(path),
  )
}

/** The statements that a document names, as in "`claimSignIn`, `insertSession` in `sessions.sql`". */
function statementsIn(text: string): { name: string; file: string }[] {
  const groups = text.matchAll(/((?:`\w+`, )*`\w+`) in `(\w+\.sql)`/g)
  return [...groups].flatMap(([, names = '', file = '']) =>
    [...names.matchAll(/\w+/g)].map(([name]) => ({ name, file })),
  )
}

function longTitles(file: string): string[] {
  const titles: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^it(\.\w+)?$/.test(node.expression.getText(source))) {
      const [title] = node.arguments
      if (title && ts.isStringLiteralLike(title)) titles.push(title.text)
      else if (title && ts.isTemplateExpression(title))
        titles.push(title.head.text + title.templateSpans.map(({ literal }) => literal.text).join(''))
    }
    ts.forEachChild(node, visit)
  }
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true)
  visit(source)
  return titles.filter((title) => title.length > 80).map((title) => `${file}: ${title}`)
}

describe('the documents and sources', () => {
  for (const document of documents)
    it(`name only files that exist: ${document}`, () => {
      const folder = document.includes('/') ? document.slice(0, document.lastIndexOf('/')) : ''
      const isThere = (path: string) => [folder, ...bases].some((base) => existsSync(join(root, base, path)))
      assert.deepEqual(
        pathsIn(read(document)).filter((path) => !isThere(path)),
        [],
      )
    })

  it('name only SQL statements that exist (ARCHITECTURE.md)', () => {
    const named = statementsIn(read('ARCHITECTURE.md'))
    assert.ok(named.length > 10)
    const isThere = ({ name, file }: { name: string; file: string }) =>
      new RegExp(`^-- name: ${name}\\b`, 'm').test(read(`sql/queries/${file}`))
    assert.deepEqual(
      named.filter((statement) => !isThere(statement)),
      [],
    )
  })

  it('refer to no document outside the repository', () => {
    const outside = /\bdecisions \d|\bdesign\.md\b|\bcompatibility\.md\b|\(operations\)|\(F\d+\)|\bsecurity F\d/
    const sources = files('{src,sql,scripts,test}/**/*.{ts,sql,md}').filter(
      (file) => !file.endsWith('documents.test.ts'),
    )
    const written = documents.filter((file) => file !== 'docs/security-tests.md')
    assert.deepEqual(
      [...sources, ...written].filter((file) => outside.test(read(file))),
      [],
    )
  })

  it('have at most 80 characters in the literal part of each test title', () => {
    assert.deepEqual(files('test/**/*.test.ts').flatMap(longTitles), [])
  })
})
