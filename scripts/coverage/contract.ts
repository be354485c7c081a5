import { parse } from 'yaml'

export type Schema = {
  /** The component that it is, where it is one. */
  component?: string
  enum?: unknown[]
  properties?: Record<string, Schema>
  items?: Schema
}
type Media = { schema: Schema; example?: unknown; examples?: Record<string, { value: unknown }> }
type Content = Record<string, Media>
type Parameter = { name: string; in: string; schema: Schema }
type Described = {
  operationId: string
  parameters?: Parameter[]
  requestBody?: { content: Content }
  responses: Record<string, { content?: Content }>
}
type Document = {
  info: { description: string }
  paths: Record<string, Record<string, Described>>
  components: { schemas: Record<string, Schema> }
}

export type Reply = { status: string; type: string; media: Media | undefined }
export type Operation = {
  id: string
  method: string
  path: RegExp
  parameters: Parameter[]
  body: Media | undefined
  replies: Reply[]
}
export type Contract = {
  operations: Operation[]
  /** What can meet any request, as the description says in words: status → code. */
  anyRequest: Map<string, string>
  problem: Schema
}

export const problemType = 'application/problem+json'

/** Reads openapi.yaml, references followed. */
export function readContract(yaml: string): Contract {
  const source: unknown = parse(yaml)
  const { info, paths, components } = dereference(source, source) as Document
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, described]) => operationOf(method, path, described)),
  )
  return {
    // Concrete paths before templates, as they are routed.
    operations: operations.sort((a, b) => Number(a.path.source.includes('[^')) - Number(b.path.source.includes('[^'))),
    anyRequest: readAnyRequest(info.description),
    problem: components.schemas['Problem'] ?? {},
  }
}

function operationOf(method: string, path: string, described: Described): Operation {
  const { operationId: id, parameters = [], requestBody, responses } = described
  const replies = Object.entries(responses).flatMap(([status, { content }]): Reply[] =>
    content
      ? Object.entries(content).map(([type, media]) => ({ status, type, media }))
      : [{ status, type: 'none', media: undefined }],
  )
  const [body] = Object.values(requestBody?.content ?? {})
  return { id, method: method.toUpperCase(), path: patternOf(path), parameters, body, replies }
}

/** The final slash may be left out of a request. */
function patternOf(path: string): RegExp {
  const escaped = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{(.+?)\}/g, '(?<$1>[^/]+)')
  return new RegExp(`^${escaped.replace(/\/$/, '/?')}$`)
}

function readAnyRequest(description: string): Map<string, string> {
  const [, list = ''] = /can meet any request[^:]*:([\s\S]*?)(?:\n\n|$)/.exec(description) ?? []
  const named = [...list.matchAll(/(\d{3}) `(\w+)`/g)].map(([, status = '', code = '']) => [status, code] as const)
  if (named.length === 0) throw new Error('openapi.yaml: the description does not list what can meet any request')
  return new Map(named)
}

function dereference(document: unknown, node: unknown): unknown {
  if (Array.isArray(node)) return node.map((item: unknown) => dereference(document, item))
  if (typeof node !== 'object' || node === null) return node
  if ('$ref' in node && typeof node.$ref === 'string') {
    const target = node.$ref.split('/').slice(1).reduce<unknown>(memberOf, document)
    return { component: node.$ref.split('/').at(-1), ...(dereference(document, target) as object) }
  }
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, dereference(document, value)]))
}

function memberOf(node: unknown, name: string): unknown {
  const found = (node as Record<string, unknown> | undefined)?.[name]
  if (found === undefined) throw new Error(`openapi.yaml: a reference to ${name} points nowhere`)
  return found
}
