import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { observe, type Exchange } from '../../scripts/coverage/observe.ts'
import { readCoveredApi, type CoveredApi } from '../../scripts/coverage/operations.ts'
import { readOpenApi } from '../../scripts/openapi.ts'
import { noteSecretsOf } from './canaries.ts'

const written = new Set<string>()
let api: CoveredApi | undefined

/** Records which facts of the contract a request and its reply show, each once a process, if COVERAGE_DIR is set. */
export function record(exchange: Exchange): void {
  const folder = process.env['COVERAGE_DIR']
  if (folder === undefined) return
  noteSecretsOf(exchange)
  api ??= readCoveredApi(readOpenApi())
  for (const fact of observe(api, exchange)) {
    if (written.has(fact)) continue
    written.add(fact)
    appendFileSync(join(folder, `${process.pid}.jsonl`), `${JSON.stringify(fact)}\n`)
  }
}

/** Returns the body of a request if it is text. */
export function textOf(body: RequestInit['body']): string | undefined {
  if (typeof body === 'string') return body
  return body instanceof Uint8Array ? Buffer.from(body).toString() : undefined
}
