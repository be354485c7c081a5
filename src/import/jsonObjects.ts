import { StartError } from '../problems.ts'

/** The longest object that is read, in characters. */
const maxLength = 16 * 1024 * 1024

/**
 * Reads the objects of a JSON array, or of a file with one object per line, one at a time. Only one object is in
 * memory.
 * @throws StartError if the text is not such a file
 */
export async function* readJsonObjects(chunks: AsyncIterable<string>): AsyncGenerator {
  let depth = 0 // of braces; brackets count only inside of an object
  let inText = false
  let escaped = false
  let pending = ''
  for await (const chunk of chunks) {
    let start = depth > 0 ? 0 : -1
    for (let at = 0; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at)
      if (inText) {
        if (escaped) escaped = false
        else if (code === backslash) escaped = true
        else if (code === quote) inText = false
      } else if (code === quote) {
        if (depth === 0) throw notObjects()
        inText = true
      } else if (code === openBrace) {
        if (depth++ === 0) start = at
      } else if (code === closeBrace) {
        if (--depth > 0) continue
        if (depth < 0) throw notObjects()
        yield parseObject(pending + chunk.slice(start, at + 1))
        pending = ''
        start = -1
      } else if (depth === 0 && !between.has(code)) throw notObjects()
    }
    if (start >= 0) pending += chunk.slice(start)
    if (pending.length > maxLength) throw new StartError('The dump has an object of more than 16 MiB.')
  }
  if (depth > 0) throw new StartError('The dump ends within an object: it is not complete.')
}

const [quote, backslash, openBrace, closeBrace] = [0x22, 0x5c, 0x7b, 0x7d]
/** Blanks, line breaks, a byte order mark, brackets and commas. */
const between = new Set([0x20, 0x09, 0x0a, 0x0d, 0xfeff, 0x5b, 0x5d, 0x2c])

function parseObject(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new StartError(`The dump has an object that is not JSON: ${(error as Error).message}`)
  }
}

function notObjects(): StartError {
  return new StartError('The file is neither a SQLite database nor the JSON of dumpdata, a list of objects.')
}
