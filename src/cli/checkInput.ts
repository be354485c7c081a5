import type { OperationId } from '../http/handlerTypes.ts'
import { loadOpenApi } from '../openapi.ts'
import { validate } from '../http/validation.ts'

type Input = { body?: object; query?: Record<string, string> }

/**
 * Loads the check of a command's input: that of the operation in the contract which does the same, so that no command
 * stores what the service would refuse.
 * @returns a function that throws Problem invalid
 */
export async function loadInputCheck(operationId: OperationId): Promise<(input: Input) => void> {
  const { api } = await loadOpenApi()
  const operation = api.getOperation(operationId)
  if (!operation) throw new Error(`openapi.yaml has no operation ${operationId}`)
  const { method, path } = operation
  return ({ body, query = {} }) => {
    validate(api, operation, { method, path, query: new URLSearchParams(query).toString(), body })
  }
}
