import assert from 'node:assert/strict'
import { join } from 'node:path'
import ts from 'typescript'

const root = join(import.meta.dirname, '../..')
const file = (name: string) => join(root, name)

describe('the types of handlers', function () {
  this.timeout(60_000)
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(file('tsconfig.json'), (path) => ts.sys.readFile(path)).config,
    ts.sys,
    root,
  )
  let program: ts.Program | undefined

  /** Type-checks a file after changes to the sources of some files. @returns the errors of the file */
  function errorsOf(
    name: string,
    changed: Record<string, (source: string) => string>,
  ): { line: number; message: string }[] {
    const host = ts.createCompilerHost(options)
    const read = host.readFile.bind(host)
    const changes = new Map(Object.entries(changed).map(([path, change]) => [file(path), change]))
    host.readFile = (path) => changes.get(path)?.(read(path) ?? '') ?? read(path)
    const parse = host.getSourceFile.bind(host)
    host.getSourceFile = (path, ...more) =>
      (changes.has(path) ? undefined : program?.getSourceFile(path)) ?? parse(path, ...more)
    const compiled = ts.createProgram({ rootNames: [file(name)], options, host })
    program ??= compiled
    const source = compiled.getSourceFile(file(name))
    return compiled.getSemanticDiagnostics(source).map(({ start = 0, messageText }) => ({
      line: source?.getLineAndCharacterOfPosition(start).line ?? -1,
      message: ts.flattenDiagnosticMessageText(messageText, ' '),
    }))
  }

  it('reject exactly the lines of support/handlerTypes.ts that are marked as wrong', () => {
    let expected: number[] = []
    const errors = errorsOf('test/http/support/handlerTypes.ts', {
      'test/http/support/handlerTypes.ts': (source) => {
        const lines = source.split('\n')
        expected = lines.flatMap((line, index) => (line.includes('// @ts-expect-error ') ? [index + 1] : []))
        return source.replaceAll('// @ts-expect-error', '//')
      },
    })
    assert.ok(expected.length >= 25)
    assert.deepEqual(
      errors.map(({ line }) => line),
      expected,
      errors.map(({ line, message }) => `${line + 1}: ${message}`).join('\n'),
    )
  })

  it('require a handler for a new operation of the contract', () => {
    const [error, ...more] = errorsOf('src/operations/index.ts', {
      'generated/security.ts': (source) =>
        source.replace('operationSecurity = {', 'operationSecurity = { forgetMe: [],'),
      'generated/contract.ts': (source) =>
        source.replace('export interface operations {', "export interface operations { forgetMe: operations['getMe'];"),
    })
    assert.match(error?.message ?? '', /'forgetMe' is missing in type/)
    assert.deepEqual(more, [])
  })
})
