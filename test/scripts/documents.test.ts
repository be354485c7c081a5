import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const files = (pattern: string) => globSync(pattern, { cwd: root }).sort()

const documents = ['ARCHITECTURE.md', 'README.md', 'SECURITY.md', ...files('docs/*.md'), 'sql/README.md']
// Paths in ARCHITECTURE.md are short: they are below one of these folders.
const bases = ['', 'src', 'sql/queries', 'sql', 'docs']

/** The paths that a document names in backticks or links to. */
function pathsIn(text: string): string[] {
  const named = [...text.matchAll(/`([\w./-]+\.(?:ts|sql|md|yaml|json|toml|js))`/g)].map(([, path = '']) => path)
  const linked = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path = '']) => path)
  // URL paths, files of DATA_DIR and a package of that form are no files of the repository.
  return [...new Set([...named, ...linked])].filter((path) => !/^(\/|DATA_DIR|ipaddr\.js$)/.test(path))
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

describe('documents', () => {
  for (const document of documents)
    it(`${document} names only files that exist`, () => {
      const folder = document.includes('/') ? document.slice(0, document.lastIndexOf('/')) : ''
      const isThere = (path: string) => [folder, ...bases].some((base) => existsSync(join(root, base, path)))
      assert.deepEqual(
        pathsIn(read(document)).filter((path) => !isThere(path)),
        [],
      )
    })

  it('ARCHITECTURE.md names only statements that exist', () => {
    const named = statementsIn(read('ARCHITECTURE.md'))
    assert.ok(named.length > 10)
    const isThere = ({ name, file }: { name: string; file: string }) =>
      new RegExp(`^-- name: ${name}\\b`, 'm').test(read(`sql/queries/${file}`))
    assert.deepEqual(
      named.filter((statement) => !isThere(statement)),
      [],
    )
  })

  it('no source points to a document outside the repository', () => {
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

  it('titles of tests have at most 80 characters', () => {
    assert.deepEqual(files('test/**/*.test.ts').flatMap(longTitles), [])
  })
})
