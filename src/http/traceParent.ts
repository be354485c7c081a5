/** The trace of a request, and the span in it that sent the request (W3C Trace Context, 3.2). */
export type TraceParent = { traceId: string; spanId: string; isSampled: boolean }

const format = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const zeros = /^0+$/

/**
 * Parses a traceparent header field. Fields of later versions are read like version 00, which they begin with (W3C
 * Trace Context, 4.3).
 * @returns undefined if the field is missing or invalid
 */
export function parseTraceParent(field: string): TraceParent | undefined {
  const [, version, traceId = '', spanId = '', flags = '', more] = format.exec(field) ?? []
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined
  if (zeros.test(traceId) || zeros.test(spanId)) return undefined
  return { traceId, spanId, isSampled: (parseInt(flags, 16) & 1) === 1 }
}
