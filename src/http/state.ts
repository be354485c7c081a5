import type { Middleware, ParameterizedContext } from 'koa'
import type { OperationId } from './handlerTypes.ts'

/** What middleware keeps of a request in Koa's `context.state`. */
export type AppState = {
  requestId: string
  /** Set once the request is routed to an operation of the contract. */
  operationId?: OperationId
  /** Set once the reply has broken off: Koa reports that of the stream, and of the connection again. */
  brokeOff?: boolean
  /** The path of the base URL, which the links of pages begin with. */
  basePath?: string
}

export type AppContext = ParameterizedContext<AppState>
export type AppMiddleware = Middleware<AppState>
