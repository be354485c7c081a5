import { readFile } from 'node:fs/promises'
import { format } from 'prettier'
import { listOperations, type Message, type OpenApi, type Schema } from '../openapi.ts'
import { camelCase, generateInputTypes, inputTypeName, parametersIn } from './sdk/parameters.ts'
import { comment, generateSchemaTypes, typeName, typeOf } from './sdk/types.ts'

type Operation = ReturnType<typeof listOperations>[number]

// The hand-written files of the client, in scripts/generate/sdk/base/.
const baseFiles = [
  'calls.ts',
  'claims.ts',
  'options.ts',
  'pages.ts',
  'replies.ts',
  'runtime.ts',
  'session.ts',
  'store.ts',
  'waiting.ts',
]

/**
 * Generates generated/sdk/ from openapi.yaml: the types, a client with a method for each operation, and the client's
 * hand-written base class.
 */
export async function generateSdk(openApi: OpenApi): Promise<Record<string, string>> {
  const outputs: Record<string, string> = {
    'types.ts': generateSchemaTypes(openApi.components.schemas),
    'index.ts': generateClient(openApi),
    'version.ts': `export const version = '${openApi.info.version}'`,
  }
  for (const name of baseFiles) outputs[name] = await readBase(name)
  const options = { parser: 'typescript', semi: false, singleQuote: true, printWidth: 120 }
  const formatted = Object.entries(outputs).map(async ([name, text]) => [`sdk/${name}`, await format(text, options)])
  return Object.fromEntries(await Promise.all(formatted)) as Record<string, string>
}

async function readBase(name: string): Promise<string> {
  const text = await readFile(new URL(`sdk/base/${name}`, import.meta.url), 'utf8')
  return text.replaceAll('../../../../generated/sdk/', './')
}

function generateClient(openApi: OpenApi): string {
  const operations = listOperations(openApi)
  const methods = operations.map(generateMethods).join('\n')
  const queries = operations.flatMap(generateInputTypes)
  const code = [methods, ...queries].join('').replace(/\/\*\*[\s\S]*?\*\//g, '')
  const names = Object.keys(openApi.components.schemas).map(typeName)
  const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(code))
  return `import { randomKey, type CallOptions } from './calls.ts'
import { Items } from './pages.ts'
import { Connection } from './runtime.ts'
import type { ${used.join(', ')} } from './types.ts'

export { etagOf, Problem, UnexpectedAnswer } from './replies.ts'
export { cookieStore, localStore, memoryStore } from './store.ts'
export { version } from './version.ts'
export type { CallOptions, LogEntry } from './calls.ts'
export type { Items } from './pages.ts'
export type { ClientOptions } from './options.ts'
export type { KeyValueStorage, Storage, TokenStore } from './store.ts'
export type * from './types.ts'

${queries.join('\n')}
/** The operations of the service. The client keeps the tokens of the signed-in user, sends them and renews them. */
export class Client extends Connection {
${methods}}
`
}

/** Generates the method of an operation. For a list, also generates the method that iterates over the items. */
function generateMethods(operation: Operation): string {
  const { operationId, method, path, summary, description, deprecated, security, requestBody, responses } = operation
  const body = schemaOf(requestBody)
  const success = Object.entries(responses).find(([status]) => status < '300')?.[1]
  const result = schemaOf(success)
  const mediaType = Object.keys(success?.content ?? {})[0] ?? ''
  const resultType = result ? typeOf(result) : 'undefined'
  const query = parametersIn(operation, 'query')
  const isQueryOptional = query.every(({ required }) => !required)
  const pathNames = parametersIn(operation, 'path').map(({ name }) => camelCase(name))
  const headers = parametersIn(operation, 'header').map(generateHeader)
  // Within the grace period the service answers a repeated refresh with the same tokens.
  const isRepeatable = operationId === 'refreshToken' || headers.some((header) => header.includes('randomKey'))
  const failures = Object.keys(responses).filter((status) => status >= '400')
  const inputs = [
    ...pathNames.map((name) => `${name}: string`),
    ...(body ? [`body: ${typeOf(body)}`] : []),
    ...(query.length > 0 ? [`query: ${inputTypeName(operation, 'Query')}${isQueryOptional ? ' = {}' : ''}`] : []),
    `options: ${headers.length > 0 ? inputTypeName(operation, 'Options') : 'CallOptions'} = {}`,
  ].join(', ')
  const call = [
    `method: '${method}'`,
    `path: ${pathExpression(path)}`,
    ...(body ? ['body'] : []),
    ...(query.length > 0 ? ['query'] : []),
    ...(security.length > 0 ? ['signed: true'] : []),
    ...(mediaType === 'application/json' ? [] : [`type: '${mediaType}'`]),
    ...(usesCookie(operation) ? ['cookie: true'] : []),
    ...(isRepeatable ? ['repeatable: true'] : []),
    '...options',
    ...(headers.length > 0 ? [`headers: { ${headers.join(', ')}, ...options.headers }`] : []),
  ].join(', ')
  const sent = `this.send<${resultType}>({ ${call} })`
  const kept = `this.keep(body, options, (options) => ${sent})`
  const throws = failures.length > 0 ? `@throws Problem with status ${failures.join(', ')}` : undefined
  const outdated = deprecated ? '@deprecated' : undefined
  const plain = `${comment([`${summary}.`, description, throws, outdated])}${operationId}(${inputs}): Promise<${resultType}> {
    return ${resultType === 'TokenPair' && body ? kept : sent}
  }\n`
  const item = result?.properties?.['results']?.items
  if (!item) return plain
  return `${plain}
  ${comment([`${summary}: each item of each page, for \`for await\`; also by page.`, throws, outdated])}${operationId.replace(/^list/, 'iterate')}(${inputs}): Items<${typeOf(item)}, ${resultType}> {
    return new Items((cursor) => this.${operationId}(${[...pathNames, '{ ...query, cursor }', 'options'].join(', ')}), query.cursor)
  }\n`
}

/**
 * Generates a header field from an option. Without an Idempotency-Key, a call gets a random one, so that it is
 * repeatable.
 */
const generateHeader = ({ name }: { name: string }) =>
  `'${name}': options.${camelCase(name)}${name === 'Idempotency-Key' ? ' ?? randomKey()' : ''}`

function pathExpression(path: string): string {
  if (!path.includes('{')) return `'${path}'`
  return `\`${path.replace(/\{(\w+)\}/g, (_, name: string) => `\${encodeURIComponent(${camelCase(name)})}`)}\``
}

function schemaOf(message: Message | undefined): Schema | undefined {
  return Object.values(message?.content ?? {})[0]?.schema
}

/** Whether an operation sets the cookie with the refresh token, sends it or deletes it. */
function usesCookie(operation: Operation): boolean {
  const members = schemaOf(operation.requestBody)?.properties ?? {}
  return parametersIn(operation, 'cookie').length > 0 || Object.hasOwn(members, 'refresh_cookie')
}
