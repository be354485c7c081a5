import { listConstraints, type Constraint } from './constraints.ts'
import { listOperations, type Media, type Message, type OpenApi, type Parameter, type Schema } from '../openapi.ts'

export type Reply = { status: string; type: string; media: Media | undefined }
export type Operation = {
  id: string
  method: string
  path: RegExp
  parameters: Parameter[]
  body: Media | undefined
  constraints: Constraint[]
  isPublic: boolean
  replies: Reply[]
}
/** The parts of the contract that the tests must cover. */
export type CoveredApi = {
  operations: Operation[]
  /** The problems that any request can get, as info.description lists them: status → code. */
  anyRequest: Map<string, string>
  problem: Schema
}

export const problemType = 'application/problem+json'

/** @param openApi openapi.yaml with its references resolved */
export function readCoveredApi(openApi: OpenApi): CoveredApi {
  const operations = listOperations(openApi).map(
    ({ operationId, method, path, parameters, requestBody, responses, security }) => ({
      id: operationId,
      method,
      path: patternOf(path),
      parameters,
      body: bodyOf(requestBody),
      constraints: listConstraints(parameters, bodyOf(requestBody)),
      isPublic: security.length === 0,
      replies: Object.entries(responses).flatMap(([status, { content = { none: undefined } }]) =>
        Object.entries(content).map(([type, media]) => ({ status, type, media })),
      ),
    }),
  )
  return {
    // Paths without parameters come before paths with parameters, as in the router.
    operations: operations.sort((a, b) => Number(a.path.source.includes('[^')) - Number(b.path.source.includes('[^'))),
    anyRequest: readAnyRequest(openApi.info.description),
    problem: openApi.components.schemas['Problem'] ?? {},
  }
}

const bodyOf = (message: Message | undefined) => Object.values(message?.content ?? {})[0]

/** Returns the pattern of a path. A request may omit the final slash. */
function patternOf(path: string): RegExp {
  const escaped = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{(.+?)\}/g, '(?<$1>[^/]+)')
  return new RegExp(`^${escaped.replace(/\/$/, '/?')}$`)
}

function readAnyRequest(description: string): Map<string, string> {
  const [, list = ''] = /Any request can get [^:]*:([\s\S]*?)(?:\n\n|$)/.exec(description) ?? []
  const named = [...list.matchAll(/(\d{3})\s+`(\w+)`/g)].map(([, status = '', code = '']) => [status, code] as const)
  if (named.length === 0)
    throw new Error('openapi.yaml: info.description does not list the errors that any request can get')
  return new Map(named)
}
