import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { InvalidValue } from './valueParsers.ts'

const maxSize = 64 * 1024

/**
 * Reads the value of a setting from a file, such as a secret that Docker or Kubernetes mounts. One line break at the
 * end is cut.
 * @throws InvalidValue when the path is not that of a readable text file of 1 byte to 64 KiB; the message never
 * contains the content
 */
export function readSecretFile(path: string): string {
  const content = decode(readBytes(path)).replace(/\r?\n$/, '')
  if (content === '') throw new InvalidValue('names an empty file')
  return content
}

function readBytes(path: string): Buffer {
  const file = open(path)
  try {
    if (!fstatSync(file).isFile()) throw new InvalidValue('must be the path of a regular file')
    const buffer = Buffer.alloc(maxSize + 1)
    const length = readSync(file, buffer)
    if (length > maxSize) throw new InvalidValue(`names a file of more than ${maxSize / 1024} KiB`)
    return buffer.subarray(0, length)
  } finally {
    closeSync(file)
  }
}

function open(path: string): number {
  try {
    // Without O_NONBLOCK, opening a named pipe would block the start until another process writes to the pipe.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    throw new InvalidValue(`names a file that cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`)
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new InvalidValue('names a file that is not text in UTF-8')
  }
}
