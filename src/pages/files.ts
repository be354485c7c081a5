import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { AppMiddleware } from '../http/state.ts'

/**
 * Serves one file. The file is read at its first request.
 * @param caching how long browsers may keep the file, by default an hour
 */
export function serveFile(file: URL, caching = 'public, max-age=3600'): AppMiddleware {
  let content: Promise<Buffer> | undefined
  return async (context) => {
    content ??= readFile(file)
    context.set('Cache-Control', caching)
    context.type = extname(file.pathname)
    context.body = await content
  }
}
