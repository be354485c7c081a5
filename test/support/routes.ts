import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { OperationId } from '../../src/http/handlerTypes.ts'

type Item = Record<string, { operationId: OperationId }>

const contract = parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8')) as {
  paths: Record<string, Item>
}

/** Method and path of each operation, from the contract. */
export const operationRoutes = Object.fromEntries(
  Object.entries(contract.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId }]) => [operationId, { method: method.toUpperCase(), path }]),
  ),
) as Record<OperationId, { method: string; path: string }>
