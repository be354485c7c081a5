import type { OperationId } from '../http/handlerTypes.ts'
import { validate } from '../http/validation.ts'
import { loadOpenApi } from '../openapi.ts'

type Input = { body?: object; query?: Record<string, string> }

/**
 * Loads the request validation of the API operation that does the same as a command, so that the command stores
 * nothing that the API would refuse.
 * @returns a function that validates an input and throws Problem invalid
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
