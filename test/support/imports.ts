import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'

export type Import = { specifier: string; typesOnly: boolean }

/** Returns every import, re-export, dynamic import and import type of a module. */
export function importsOf(source: string): Import[] {
  const imports: Import[] = []
  const add = (specifier: ts.Node | undefined, typesOnly: boolean) => {
    if (specifier && ts.isStringLiteralLike(specifier)) imports.push({ specifier: specifier.text, typesOnly })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, importsTypesOnly(node.importClause))
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('module.ts', source, ts.ScriptTarget.Latest))
  return imports
}

function importsTypesOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const { name, namedBindings } = clause
  if (name || !namedBindings || !ts.isNamedImports(namedBindings)) return false
  return namedBindings.elements.length > 0 && namedBindings.elements.every(({ isTypeOnly }) => isTypeOnly)
}

/** Returns the path from the root to the file of a relative import. */
export function targetOf(file: string, specifier: string): string {
  return normalize(join(dirname(file), specifier))
}

/**
 * Returns the groups of files that import one another, directly or through others. Imports of types count too.
 * @param sources the text of each file, by its path from the root
 */
export function findCircles(sources: ReadonlyMap<string, string>): string[][] {
  const files = [...sources.keys()]
  const graph = new Map<string, string[]>()
  for (const [file, source] of sources) {
    const relative = importsOf(source).filter(({ specifier }) => specifier.startsWith('.'))
    graph.set(
      file,
      relative.map(({ specifier }) => targetOf(file, specifier)),
    )
  }
  const reached = new Map(files.map((file) => [file, reachableFrom(file, graph)]))
  const circles = files.flatMap((file) => {
    if (reached.get(file)?.has(file) !== true) return []
    return [files.filter((other) => reached.get(file)?.has(other) && reached.get(other)?.has(file))]
  })
  return [...new Map(circles.map((circle) => [circle.join(), circle])).values()]
}

function reachableFrom(start: string, graph: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>()
  const waiting = [...(graph.get(start) ?? [])]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue
    reached.add(file)
    waiting.push(...(graph.get(file) ?? []))
  }
  return reached
}
