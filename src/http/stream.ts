import { Readable } from 'node:stream'
import { Problem } from '../problems.ts'

const pieceLength = 16 * 1024

/**
 * Writes the JSON text of an object whose members may be AsyncIterables. An AsyncIterable becomes an array, which is
 * written while the AsyncIterable is read.
 * @param onPiece receives the number of bytes of each piece
 * @returns a short text as a string, a longer text as a stream. The first piece of a stream is already written, so
 * that an error in this piece is answered with a problem document
 */
export async function openJson(
  members: object,
  onPiece: (bytes: number) => void = () => undefined,
): Promise<string | Readable> {
  const pieces = writeObject(members, onPiece)
  const first = await pieces.next()
  return first.done ? first.value : Readable.from(continueWith(first.value, pieces))
}

/**
 * Yields a piece when the reader requests it, so that a slow client slows down the AsyncIterables, too. @throws
 * Problem
 */
async function* continueWith(first: string, pieces: AsyncGenerator<string, string>): AsyncGenerator<string, void> {
  yield first
  try {
    yield yield* pieces
  } catch (error) {
    throw error instanceof Problem ? error : new Problem('internal', { cause: error })
  }
}

/** Yields pieces of some KiB and returns the last one. */
async function* writeObject(members: object, onPiece: (bytes: number) => void): AsyncGenerator<string, string> {
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
      onPiece(Buffer.byteLength(text))
      yield text
      text = ''
    }
    text += separator === '[' ? '[]' : ']'
  }
  text += '}'
  onPiece(Buffer.byteLength(text))
  return text
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
