import { AsyncLocalStorage } from 'node:async_hooks'
import type { ServerResponse } from 'node:http'
import type { Listener } from './server.ts'

const responses = new AsyncLocalStorage<ServerResponse>()

/** Wraps a listener, so that describeCurrentRequest works in all code that the listener calls or schedules. */
export function trackRequests(listener: Listener): Listener {
  return (request, response) => responses.run(response, listener, request, response)
}

/**
 * Describes the request that the running code belongs to, for the log.
 * @returns the id, method and path of the request, without the query string, which may contain a code; undefined if the
 * code belongs to no request
 */
export function describeCurrentRequest(): { request_id: unknown; method: unknown; path: unknown } | undefined {
  const response = responses.getStore()
  if (!response) return undefined
  const { method, url = '' } = response.req
  return { request_id: response.getHeader('x-request-id'), method, path: url.split('?', 1)[0] }
}
