import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { AppMiddleware } from '../http/state.ts'

/** Serves one file. The file is read at its first request. Browsers may keep it for an hour. */
export function serveFile(file: URL): AppMiddleware {
  let content: Promise<Buffer> | undefined
  return async (context) => {
    content ??= readFile(file)
    context.set('Cache-Control', 'public, max-age=3600')
    context.type = extname(file.pathname)
    context.body = await content
  }
}
