import { readFile } from 'node:fs/promises'
import { format } from 'prettier'
import { listOperations, type Message, type OpenApi, type Schema } from '../openapi.ts'
import { comment, generateSchemaTypes, typeName, typeOf } from './sdk/types.ts'

type Operation = ReturnType<typeof listOperations>[number]

/**
 * Generates generated/sdk/ from openapi.yaml: the types, a client with a method for each operation, and the client's
 * hand-written base class.
 */
export async function generateSdk(openApi: OpenApi): Promise<Record<string, string>> {
  const outputs = {
    'types.ts': generateSchemaTypes(openApi.components.schemas),
    'index.ts': generateClient(openApi),
    'errors.ts': await readBase('errors.ts'),
    'runtime.ts': await readBase('runtime.ts'),
  }
  const options = { parser: 'typescript', semi: false, singleQuote: true, printWidth: 120 }
  const formatted = Object.entries(outputs).map(async ([name, text]) => [`sdk/${name}`, await format(text, options)])
  return Object.fromEntries(await Promise.all(formatted)) as Record<string, string>
}

async function readBase(name: string): Promise<string> {
  const text = await readFile(new URL(`sdk/${name}`, import.meta.url), 'utf8')
  return text.replace('../../../generated/sdk/types.ts', './types.ts')
}

function generateClient(openApi: OpenApi): string {
  const operations = listOperations(openApi)
  const methods = operations.map(generateMethods).join('\n')
  const queries = operations.map(generateQueryType).filter((text) => text !== '')
  const code = [methods, ...queries].join('').replace(/\/\*\*[\s\S]*?\*\//g, '')
  const names = Object.keys(openApi.components.schemas).map(typeName)
  const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(code))
  return `import { Connection, eachOf, type CallOptions } from './runtime.ts'
import type { ${used.join(', ')} } from './types.ts'

export { Problem, UnexpectedAnswer } from './errors.ts'
export type { CallOptions, ClientOptions } from './runtime.ts'
export type * from './types.ts'

${queries.join('\n')}
/** The operations of the service. The client keeps the tokens of the signed-in user, sends them and renews them. */
export class Client extends Connection {
${methods}}
`
}

function generateQueryType(operation: Operation): string {
  const members = queryParameters(operation).map(({ name, description, required, schema }) => {
    const type = typeOf(schema)
    return `${comment([description])}${name}${required ? `: ${type}` : `?: ${type} | undefined`}\n`
  })
  return members.length === 0 ? '' : `export type ${queryTypeName(operation)} = {\n${members.join('')}}\n`
}

/** Generates the method of an operation. For a list, also generates the method that iterates over the items. */
function generateMethods(operation: Operation): string {
  const { operationId, method, path, summary, description, security, parameters, requestBody, responses } = operation
  const body = schemaOf(requestBody)
  const result = schemaOf(Object.entries(responses).find(([status]) => status < '300')?.[1])
  const resultType = result ? typeOf(result) : 'undefined'
  const query = queryParameters(operation)
  const isQueryOptional = query.every(({ required }) => !required)
  const pathNames = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)
  const failures = Object.keys(responses).filter((status) => status >= '400')
  const inputs = [
    ...pathNames.map((name) => `${camelCase(name)}: string`),
    ...(body ? [`body: ${typeOf(body)}`] : []),
    ...(query.length > 0 ? [`query: ${queryTypeName(operation)}${isQueryOptional ? ' = {}' : ''}`] : []),
    'options: CallOptions = {}',
  ].join(', ')
  const call = [
    `method: '${method}'`,
    `path: ${pathExpression(path)}`,
    ...(body ? ['body'] : []),
    ...(query.length > 0 ? ['query'] : []),
    ...(security.length > 0 ? ['signed: true'] : []),
    '...options',
  ].join(', ')
  const sent = `this.send<${resultType}>({ ${call} })`
  const throws = failures.length > 0 ? `@throws Problem with status ${failures.join(', ')}` : undefined
  const plain = `${comment([`${summary}.`, description, throws])}${operationId}(${inputs}): Promise<${resultType}> {
    return ${resultType === 'TokenPair' && body ? `this.keep(body, ${sent})` : sent}
  }\n`
  const item = result?.properties?.['results']?.items
  if (!item) return plain
  return `${plain}
  ${comment([`${summary}: each item of each page, for \`for await\`.`, throws])}${operationId.replace(/^list/, 'iterate')}(${inputs}): AsyncGenerator<${typeOf(item)}, void, undefined> {
    return eachOf((cursor) => this.${operationId}({ ...query, cursor }, options), query.cursor)
  }\n`
}

const queryParameters = ({ parameters }: Operation) => parameters.filter((parameter) => parameter.in === 'query')

const queryTypeName = ({ operationId }: Operation) =>
  `${operationId.charAt(0).toUpperCase()}${operationId.slice(1)}Query`

function pathExpression(path: string): string {
  if (!path.includes('{')) return `'${path}'`
  return `\`${path.replace(/\{(\w+)\}/g, (_, name: string) => `\${encodeURIComponent(${camelCase(name)})}`)}\``
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function schemaOf(message: Message | undefined): Schema | undefined {
  return Object.values(message?.content ?? {})[0]?.schema
}
