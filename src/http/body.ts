import type { IncomingMessage } from 'node:http'
import getRawBody from 'raw-body'
import { Problem } from '../problems.ts'
import { readMediaType } from './fields.ts'

/** The longest body, in bytes. */
export const maxBody = 64 * 1024
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Receives a JSON body of at most 64 KiB, whether it is chunked or not (security 62–64).
 * @returns a function that returns the body, or undefined if there is none. For a bad body this function throws
 * Problem content_too_large, unsupported_media_type or invalid, so that the caller can authenticate the client first
 */
export async function receiveJson(request: IncomingMessage): Promise<() => unknown> {
  try {
    const body = await readJson(request)
    return () => body
  } catch (error) {
    return () => {
      throw error
    }
  }
}

/**
 * Reads a JSON body.
 * @returns undefined if there is no body
 * @throws Problem content_too_large, unsupported_media_type, invalid
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const { 'content-type': type, 'content-encoding': encoding, 'content-length': length } = request.headers
  if (type === undefined ? Number(length) > 0 : !isUtf8Type(request, 'application/json'))
    throw new Problem('unsupported_media_type')
  if (encoding !== undefined && encoding !== 'identity') throw new Problem('unsupported_media_type')
  const bytes = await readBytes(request, length)
  if (bytes.length === 0) return undefined
  if (type === undefined) throw new Problem('unsupported_media_type')
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch {
    // The parser's own message is not sent, because it quotes the body, which may contain a password.
    throw new Problem('invalid', { detail: 'The body is not JSON in UTF-8.' })
  }
}

/**
 * Checks whether a request declares this media type once, and declares no charset or UTF-8. Parameters that the media
 * type does not define are ignored (RFC 9110, 8.3.1).
 */
export function isUtf8Type({ headers, headersDistinct }: IncomingMessage, type: string): boolean {
  // `headers` has only the first field of this name
  if ((headersDistinct['content-type'] ?? []).length > 1) return false
  const declared = readMediaType(headers['content-type'] ?? '')
  return declared?.type === type && /^utf-?8$/i.test(declared.parameters.get('charset') ?? 'utf-8')
}

/** Reads the raw bytes of a body of at most 64 KiB. @throws Problem content_too_large, invalid */
export async function readBytes(request: IncomingMessage, length = request.headers['content-length']): Promise<Buffer> {
  try {
    return await getRawBody(request, { limit: maxBody, length: length ?? null })
  } catch (error) {
    const { type } = error as { type?: string }
    // The rest of the body stays unread, so the connection cannot serve another request.
    if (type === 'entity.too.large')
      throw new Problem('content_too_large', { headers: { Connection: 'close' }, cause: error })
    throw new Problem('invalid', {
      detail: 'The body did not arrive whole.',
      headers: { Connection: 'close' },
      cause: error,
    })
  }
}
