import type { IncomingHttpHeaders } from 'node:http'
import type { Operation } from 'openapi-backend'

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
