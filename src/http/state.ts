import type { Middleware, ParameterizedContext } from 'koa'
import type { Problem } from '../problems.ts'
import type { ClientReader } from './client.ts'
import type { OperationId } from './handlerTypes.ts'
import type { TraceParent } from './traceParent.ts'

/** The state of a request that middleware keeps in Koa's `context.state`. */
export type AppState = {
  requestId: string
  client: ReturnType<ClientReader>
  /** The trace in which the request takes part, as a trusted proxy or our own tracing reports it. */
  trace: TraceParent | undefined
  /** The user whom a valid access token names. */
  userId?: string | undefined
  /** The problem that is the reply. */
  problem?: Problem
  /** How many bytes of a streamed body have been written. */
  streamedBytes?: number
  /** Set once the request is routed to an operation of the contract. */
  operationId?: OperationId
  /**
   * Set once the reply has broken off. Koa reports the error of the stream and then the error of the connection, and
   * only the first one is logged.
   */
  brokeOff?: boolean
}

export type AppContext = ParameterizedContext<AppState>
export type AppMiddleware = Middleware<AppState>
