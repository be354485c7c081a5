import type { components } from '../../generated/contract.ts'
import { Problem } from '../problems.ts'
import { keepHeaders } from './headers.ts'
import { rateLimitHeaders } from './rateLimit.ts'
import type { AppContext, AppMiddleware } from './state.ts'

type ProblemBody = components['schemas']['Problem']

/** Makes the problem document (RFC 9457) of a Problem. Its type is the URL of a page of src/pages/problems.ts. */
export function problemBody(problem: Problem, requestId: string, baseUrl: string): ProblemBody {
  return {
    type: `${baseUrl}/problems/${problem.code}`,
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    code: problem.code,
    request_id: requestId,
    ...(problem.errors ? { errors: problem.errors } : {}),
  }
}

/** Makes the header fields of a problem from its status, its rate limit and its own `headers`. */
export function problemHeaders({ status, headers, rateLimit }: Problem): Record<string, string> {
  return {
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer realm="api"' } : {}),
    ...(status === 429 && rateLimit ? { 'Retry-After': String(rateLimit.reset) } : {}),
    ...(status === 503 ? { 'Retry-After': '5' } : {}),
    ...rateLimitHeaders(rateLimit),
    ...headers,
  }
}

/**
 * Answers every error with a problem document. An error that is not a Problem is answered as `internal`. The client
 * does not get the cause of an error. Only `onError` gets the cause.
 * @param answerPage answers with a page instead, and returns false if the client gets the problem document
 */
export function answerProblems(
  baseUrl: string,
  onError: (error: unknown, problem: Problem, requestId: string) => void,
  answerPage: (context: AppContext, problem: Problem) => boolean,
): AppMiddleware {
  return async (context, next) => {
    const resetHeaders = keepHeaders(context)
    try {
      await next()
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem('internal', { cause: error })
      const { requestId } = context.state
      context.state.problem = problem
      onError(error, problem, requestId)
      resetHeaders()
      context.status = problem.status
      context.set(problemHeaders(problem))
      if (answerPage(context, problem)) return
      context.type = 'application/problem+json'
      context.body = JSON.stringify(problemBody(problem, requestId, baseUrl))
    }
  }
}
