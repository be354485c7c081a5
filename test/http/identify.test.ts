import assert from 'node:assert/strict'
import { parseTraceParent } from '../../src/http/traceParent.ts'
import { BareService } from './support/bare.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const generated = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

describe('X-Request-Id and traceparent of a request', () => {
  for (const [title, settings, isTrusted] of [
    ['from a trusted proxy', { TRUSTED_PROXIES: 'loopback' }, true],
    ['from any other client', {}, false],
  ] as const) {
    describe(title, () => {
      let service: BareService
      before(async () => {
        service = await BareService.start(settings)
      })
      after(() => {
        service.stop()
      })

      async function send(headers: Record<string, string>) {
        const reply = await fetch(`${service.url}/nothing`, { headers })
        const { request_id: inBody } = (await reply.json()) as { request_id: string }
        const line = service.lines.findLast(({ msg }) => msg === 'request')
        assert.deepEqual([inBody, line?.['request_id']], Array(2).fill(reply.headers.get('x-request-id')))
        return { id: inBody, trace: line?.['trace_id'] }
      }

      it(isTrusted ? 'are kept' : 'are ignored', async () => {
        const headers = { 'X-Request-Id': 'my-own-id:1', traceparent: `00-${traceId}-${spanId}-01` }
        const { id, trace } = await send(headers)
        if (isTrusted) assert.deepEqual([id, trace], ['my-own-id:1', traceId])
        else {
          assert.match(id, generated)
          assert.equal(trace, undefined)
        }
      })

      if (!isTrusted) return

      it('are replaced by a new id if X-Request-Id is malformed or too long', async () => {
        for (const id of ['', 'a b', 'a"b', 'ä', '{}', '<b>', 'a,b', 'x'.repeat(65)])
          assert.match((await send({ 'X-Request-Id': id })).id, generated, id)
        assert.equal((await send({ 'X-Request-Id': 'x'.repeat(64) })).id, 'x'.repeat(64))
      })

      it('are replaced by ids that have nothing in common, however many there are', async () => {
        const ids: string[] = []
        while (ids.length < 600) ids.push((await send({})).id)
        assert.equal(new Set(ids.map((id) => id.slice(-12))).size, ids.length)
      })

      it('are logged without a trace if the traceparent is malformed', async () => {
        assert.equal((await send({ traceparent: 'x' })).trace, undefined)
        assert.equal((await send({})).trace, undefined)
      })
    })
  }
})

describe('parseTraceParent', () => {
  const trace = { traceId, spanId, isSampled: true }
  for (const [title, field, expected] of [
    ['reads version 00', `00-${traceId}-${spanId}-01`, trace],
    ['reads whether the trace is sampled', `00-${traceId}-${spanId}-00`, { ...trace, isSampled: false }],
    ['ignores flags that it does not know', `00-${traceId}-${spanId}-ff`, trace],
    ['reads a later version with more fields', `01-${traceId}-${spanId}-01-more`, trace],
    ['refuses more fields in version 00', `00-${traceId}-${spanId}-01-more`, undefined],
    ['refuses more characters without a dash', `01-${traceId}-${spanId}-01more`, undefined],
    ['refuses version ff', `ff-${traceId}-${spanId}-01`, undefined],
    ['refuses a trace of zeros', `00-${'0'.repeat(32)}-${spanId}-01`, undefined],
    ['refuses a span of zeros', `00-${traceId}-${'0'.repeat(16)}-01`, undefined],
    ['refuses upper case', `00-${traceId.toUpperCase()}-${spanId}-01`, undefined],
    ['refuses two fields', `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`, undefined],
    ['refuses an empty field', '', undefined],
  ] as const) {
    it(title, () => {
      assert.deepEqual(parseTraceParent(field), expected)
    })
  }
})
