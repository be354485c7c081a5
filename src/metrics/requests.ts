import type { Counter, Gauge, Histogram } from 'prom-client'
import type { AppMiddleware, AppState } from '../http/state.ts'

export type RequestMetrics = {
  requests: Counter<'operation' | 'status' | 'code'>
  durations: Histogram<'operation'>
  inFlight: Gauge
  signIns: Counter<'outcome'>
}

/** Counts every request and its outcome. A page or an unknown path counts as the operation `none`. */
export function observeRequests({ requests, durations, inFlight, signIns }: RequestMetrics): AppMiddleware {
  return async (context, next) => {
    const began = performance.now()
    inFlight.inc()
    try {
      await next()
    } finally {
      const { operationId: operation = 'none', problem } = context.state
      inFlight.dec()
      durations.observe({ operation }, (performance.now() - began) / 1000)
      requests.inc({ operation, status: context.status, code: problem?.code ?? '' })
      if (operation === 'createToken') signIns.inc({ outcome: outcomeOf(problem) })
    }
  }
}

function outcomeOf(problem: AppState['problem']): string {
  if (!problem) return 'signed_in'
  if (problem.code === 'no_active_account') return 'refused'
  if (problem.code === 'throttled') return 'throttled'
  return problem.status >= 500 ? 'failed' : 'invalid'
}
