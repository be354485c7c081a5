import type { Middleware, ParameterizedContext } from 'koa'
import type { OperationId } from './handlerTypes.ts'

/** The state of a request that middleware keeps in Koa's `context.state`. */
export type AppState = {
  requestId: string
  /** Set once the request is routed to an operation of the contract. */
  operationId?: OperationId
  /**
   * Set once the reply has broken off. Koa reports the error of the stream and then the error of the connection, and
   * only the first one is logged.
   */
  brokeOff?: boolean
  /** The path of the base URL, with which the links in pages begin. */
  basePath?: string
}

export type AppContext = ParameterizedContext<AppState>
export type AppMiddleware = Middleware<AppState>
