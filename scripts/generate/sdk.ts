import { readFile } from 'node:fs/promises'
import { format } from 'prettier'
import { methods, resolve, type Contract as Described } from './contract.ts'
import { doc, rename, shape, typesOf, type Body, type Components, type Parameter, type Schema } from './sdk/types.ts'

type Operation = {
  operationId: string
  summary: string
  description: string
  security?: object[]
  parameters?: Parameter[]
  requestBody?: Body
  responses: Record<string, Body>
}

const runtime = ['errors.ts', 'runtime.ts']

/** openapi.yaml → generated/sdk/: the types, a method for each operation, and the hand-written runtime beneath. */
export async function generateSdk(contract: Described): Promise<Record<string, string>> {
  const components = contract.components as unknown as Components
  const outputs = { 'types.ts': typesOf(components), 'index.ts': clientOf(contract, components) }
  const files = Object.entries({ ...outputs, ...(await readRuntime()) })
  const formatted = files.map(async ([name, text]): Promise<[string, string]> => [`sdk/${name}`, await pretty(text)])
  return Object.fromEntries(await Promise.all(formatted))
}

async function readRuntime(): Promise<Record<string, string>> {
  const texts = runtime.map(async (name): Promise<[string, string]> => {
    const text = await readFile(new URL(`sdk/${name}`, import.meta.url), 'utf8')
    return [name, text.replace('../../../generated/sdk/types.ts', './types.ts')]
  })
  return Object.fromEntries(await Promise.all(texts))
}

function pretty(text: string): Promise<string> {
  return format(text, { parser: 'typescript', semi: false, singleQuote: true, printWidth: 120 })
}

function clientOf(contract: Described, components: Components): string {
  const queries: string[] = []
  const calls = Object.entries(contract.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method] as Operation | undefined
      if (!operation) return []
      const parameters = (operation.parameters ?? []).map((parameter) => resolve(components.parameters, parameter))
      const asked = parameters.filter((parameter) => parameter.in === 'query')
      if (asked.length > 0) queries.push(queryType(operation, asked, components))
      return [methodsOf(operation, method, path, parameters, components)]
    }),
  )
  const names = Object.keys(components.schemas).map(rename)
  const used = names.filter((name) =>
    new RegExp(`\\b${name}\\b`).test([...calls, ...queries].join('').replace(/\/\*\*[\s\S]*?\*\//g, '')),
  )
  return `import { Connection, eachOf, type CallOptions } from './runtime.ts'
import type { ${used.join(', ')} } from './types.ts'

export { Problem, UnexpectedAnswer } from './errors.ts'
export type { CallOptions, ClientOptions } from './runtime.ts'
export type * from './types.ts'

${queries.join('\n')}
/** The operations of the service. Whoever is signed in stays so: tokens are kept, sent and renewed. */
export class Client extends Connection {
${calls.join('\n')}}
`
}

function queryType({ operationId }: Operation, parameters: Parameter[], components: Components): string {
  const lines = parameters.map(({ name, description, required, schema }) => {
    const type = shape(schema, components)
    return `${doc([description])}${name}${required ? `: ${type}` : `?: ${type} | undefined`}\n`
  })
  return `export type ${capital(operationId)}Query = {\n${lines.join('')}}\n`
}

function methodsOf(
  operation: Operation,
  method: string,
  path: string,
  parameters: Parameter[],
  components: Components,
) {
  const { operationId, summary, description, security = [], requestBody, responses } = operation
  const body = requestBody && schemaOf(resolve(components.requestBodies, requestBody))
  const answer = schemaOf(
    resolve(components.responses, Object.entries(responses).find(([code]) => code < '300')?.[1] ?? {}),
  )
  const type = answer ? shape(answer, components) : 'undefined'
  const query = `${capital(operationId)}Query`
  const names = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)
  const asked = parameters.filter((parameter) => parameter.in === 'query')
  const optional = asked.every(({ required }) => !required)
  const failures = Object.keys(responses).filter((code) => code >= '400')
  const inputs = [
    ...names.map((name) => `${camel(name)}: string`),
    ...(body ? [`body: ${shape(body, components)}`] : []),
    ...(asked.length > 0 ? [`query: ${query}${optional ? ' = {}' : ''}`] : []),
    'options: CallOptions = {}',
  ].join(', ')
  const fields = `method: '${method.toUpperCase()}', path: ${urlOf(path)}, ${body ? 'body, ' : ''}${asked.length > 0 ? 'query, ' : ''}${security.length > 0 ? 'signed: true, ' : ''}`
  const sent = `this.send<${type}>({ ${fields}...options })`
  const throws = failures.length > 0 ? `@throws Problem with status ${failures.join(', ')}` : undefined
  const call = `${doc([`${summary}.`, description, throws])}${operationId}(${inputs}): Promise<${type}> {
    return ${type === 'TokenPair' && body ? `this.keep(body, ${sent})` : sent}
  }\n`
  const item = answer && resolve(components.schemas, answer).properties?.['results']?.items
  if (!item) return call
  return `${call}
  ${doc([`${summary}: each item of each page, for \`for await\`.`, throws])}${operationId.replace(/^list/, 'iterate')}(${inputs}): AsyncGenerator<${shape(item, components)}, void, undefined> {
    return eachOf((cursor) => this.${operationId}({ ...query, cursor }, options), query.cursor)
  }\n`
}

/** The path as an expression, its parameters encoded. */
function urlOf(path: string): string {
  if (!path.includes('{')) return `'${path}'`
  return `\`${path.replace(/\{(\w+)\}/g, (_, name: string) => `\${encodeURIComponent(${camel(name)})}`)}\``
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function schemaOf({ content = {} }: Body): Schema | undefined {
  return Object.values(content)[0]?.schema
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
