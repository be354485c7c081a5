import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { StartError } from '../problems.ts'

const megabyte = 1024 * 1024
const maxMessage = megabyte
const maxFile = 64 * megabyte
const maxMessages = 10_000

/**
 * Reads the messages of a file with one message, of an mbox file, of a Maildir folder, or of the standard input (`-`).
 * Messages above 1 MB are left out, because no notification is so large.
 * @throws StartError when the input is missing or too large
 */
export async function readMessages(path: string, input: Readable): Promise<Buffer[]> {
  const messages =
    path !== '-' && (await isFolder(path)) ? await readMaildir(path) : splitMbox(await readAll(path, input))
  if (messages.length > maxMessages)
    throw new StartError(`${path} has more than ${maxMessages} messages: move some to another folder.`)
  return messages.filter(({ length }) => length > 0 && length <= maxMessage)
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new StartError(`${path} does not exist: name a file with messages, a Maildir folder, or - .`)
  return found.isDirectory()
}

async function readMaildir(path: string): Promise<Buffer[]> {
  const folders = ['new', 'cur'].map((name) => join(path, name))
  const lists = await Promise.all(folders.map((folder) => readdir(folder).catch(() => undefined)))
  if (lists.every((names) => names === undefined))
    throw new StartError(`${path} is not a Maildir folder: neither new nor cur can be read in it.`)
  const messages: Buffer[] = []
  for (const [at, folder] of folders.entries())
    for (const name of (lists[at] ?? []).slice(0, maxMessages + 1)) {
      const file = join(folder, name)
      const { size } = await stat(file)
      messages.push(size > maxMessage ? Buffer.alloc(0) : await readFile(file))
    }
  return messages
}

async function readAll(path: string, input: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of path === '-' ? input : createReadStream(path)) {
    const bytes = Buffer.from(chunk as Buffer)
    length += bytes.length
    if (length > maxFile) throw new StartError(`${path} is larger than ${maxFile / megabyte} MB: split it.`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

/** Splits an mbox file at its `From ` lines (RFC 4155). Text without such a line is one message. */
function splitMbox(content: Buffer): Buffer[] {
  return content
    .toString('latin1')
    .split(/^From .*\r?\n/m)
    .map((text) => Buffer.from(text.replace(/^>(>*From )/gm, '$1'), 'latin1'))
}
