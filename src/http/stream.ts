import { Readable } from 'node:stream'
import { Problem } from '../problems.ts'

const pieceLength = 16 * 1024

/**
 * Writes the JSON text of an object whose members may be AsyncIterables: these become arrays, written while they are
 * read.
 * @returns a short text as a whole. For a longer one the first piece is awaited, so that an error by then is answered
 * as a problem document.
 */
export async function openJson(members: object): Promise<string | Readable> {
  const pieces = writeObject(members)
  const first = await pieces.next()
  return first.done ? first.value : Readable.from(continueWith(first.value, pieces))
}

/** Writes a piece when the reader takes it, so that a slow client slows down the iterables, too. @throws Problem */
async function* continueWith(first: string, pieces: AsyncGenerator<string, string>): AsyncGenerator<string, void> {
  yield first
  try {
    yield yield* pieces
  } catch (error) {
    throw error instanceof Problem ? error : new Problem('internal', { cause: error })
  }
}

/** Yields pieces of some KiB and returns the last one. */
async function* writeObject(members: object): AsyncGenerator<string, string> {
  let text = '{'
  for (const [name, value] of Object.entries(members) as [string, unknown][]) {
    if (value === undefined) continue
    text += `${text === '{' ? '' : ','}${JSON.stringify(name)}:`
    if (!isAsyncIterable(value)) {
      text += JSON.stringify(value)
      continue
    }
    let separator = '['
    for await (const item of value) {
      text += separator + JSON.stringify(item)
      separator = ','
      if (text.length < pieceLength) continue
      yield text
      text = ''
    }
    text += separator === '[' ? '[]' : ']'
  }
  return `${text}}`
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
