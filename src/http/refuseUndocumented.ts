import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Middleware } from 'koa'
import { Problem } from '../problems.ts'
import type { CheckReply } from './replies.ts'

/** Refuses replies that the contract does not describe: on in tests and development, where drift must not pass. */
export function refuseUndocumented(check: CheckReply): Middleware {
  return async (context, next) => {
    await next()
    const operationId = context.state['operationId'] as string | undefined
    if (operationId === undefined) return
    const { status } = context
    if (context.body instanceof Readable) context.body = await text(context.body) // whole: only so can it be checked
    const body: unknown = Buffer.isBuffer(context.body) ? context.body.toString() : context.body
    const { headers } = context.response
    const faults = check(operationId, {
      status,
      headers,
      body: typeof body === 'string' && context.type.endsWith('json') ? (JSON.parse(body) as unknown) : body,
    })
    if (faults.length === 0) return
    throw new Problem('internal', {
      cause: `${operationId} answered what openapi.yaml does not describe: ${faults.join('; ')}`,
    })
  }
}
