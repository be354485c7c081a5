import type { IncomingHttpHeaders } from 'node:http'
import { parseCookie } from 'cookie'
import type { Operation } from 'openapi-backend'
import { Problem } from '../problems.ts'

/**
 * Reads the query parameters that the operation declares, and ignores other parameters. An empty value counts as absent
 * where the parameter has `allowEmptyValue`. It refuses a parameter that is given twice.
 * @throws Problem invalid
 */
export function readQuery(operation: Operation, text: string): Record<string, string> {
  const query: Record<string, string> = {}
  const given = new URLSearchParams(text)
  for (const parameter of operation.parameters ?? []) {
    if ('$ref' in parameter || parameter.in !== 'query') continue
    const [value, ...more] = given.getAll(parameter.name)
    if (more.length > 0)
      throw new Problem('invalid', {
        errors: [{ parameter: parameter.name, code: 'duplicate', detail: 'Give this parameter once.' }],
      })
    if (value === undefined || (value === '' && parameter.allowEmptyValue)) continue
    query[parameter.name] = isBoolean(parameter.schema) ? value.replace(/^(?:True|False)$/, lowerCase) : value
  }
  return query
}

const lowerCase = (text: string) => text.toLowerCase()

function isBoolean(schema: object | undefined): boolean {
  return schema !== undefined && 'type' in schema && schema.type === 'boolean'
}

/**
 * Reads the header fields that an operation declares, by their names in the contract. Node joins the values of a
 * field that is given twice.
 */
export function readHeaders({ parameters = [] }: Operation, fields: IncomingHttpHeaders): Record<string, string> {
  const header: Record<string, string> = {}
  for (const parameter of parameters) {
    if ('$ref' in parameter || parameter.in !== 'header') continue
    const value = fields[parameter.name.toLowerCase()]
    if (value !== undefined) header[parameter.name] = String(value)
  }
  return header
}

/**
 * Reads the cookies that an operation declares. A cookie that is there twice is ignored: another host of the site can set
 * a cookie of the same name, and it is not known which one is genuine.
 */
export function readCookies({ parameters = [] }: Operation, { cookie }: IncomingHttpHeaders): Record<string, string> {
  const names = parameters.flatMap((parameter) =>
    'in' in parameter && parameter.in === 'cookie' ? parameter.name : [],
  )
  if (names.length === 0 || cookie === undefined) return {}
  const all = parseCookie(cookie)
  const given = cookie.split(';').map((part) => part.slice(0, part.indexOf('=')).trim())
  const isSingle = (name: string) => given.indexOf(name) === given.lastIndexOf(name)
  return Object.fromEntries(
    names.flatMap((name) => (all[name] === undefined || !isSingle(name) ? [] : [[name, all[name]]])),
  )
}
