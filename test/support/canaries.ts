import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Exchange } from '../../scripts/coverage/observe.ts'

const sent = new Set('password password_confirm current_password code token refresh'.split(' '))
const answered = new Set(['access', 'refresh']) // without code, because the code of a problem is no secret
const block = 8
const pending = { secrets: new Set<string>(), lines: [] as string[] }
const written = new Set<string>()

/** Records secrets, if the whole suite runs. The reporter searches the lines of `noteLog` for them. */
export function noteSecrets(...texts: (string | undefined)[]): void {
  if (process.env['COVERAGE_DIR'] === undefined) return
  for (const secret of texts.flatMap((text = '') => asLogged(text)))
    if (!written.has(secret)) pending.secrets.add(secret)
}

/** Records the values of the secret members of a request and its reply. */
export function noteSecretsOf({ target, body = '', reply }: Exchange): void {
  noteSecrets(new URLSearchParams(target.split('?')[1]).get('code') ?? '')
  noteSecrets(...secretsIn(reply.body, answered), ...secretsIn(body.startsWith('{') ? parse(body) : undefined, sent))
}

/** Records a line of a service's log, if the whole suite runs. */
export function noteLog(line: string): void {
  if (process.env['COVERAGE_DIR'] !== undefined) pending.lines.push(line.trimEnd())
}

/** Writes the records to files. Called whenever a service stops, because Mocha ends its workers without an event. */
export function keepNotes(): void {
  const folder = process.env['COVERAGE_DIR']
  if (folder === undefined) return
  const keep = (kind: string, lines: Iterable<string>) => {
    const text = [...lines].map((line) => `${line}\n`).join('')
    if (text !== '') appendFileSync(join(folder, `${process.pid}.${kind}`), text)
  }
  keep('secrets', pending.secrets)
  keep('log', pending.lines)
  for (const secret of pending.secrets) written.add(secret)
  pending.secrets.clear()
  pending.lines = []
}

/** Reads the records of all workers. @returns the verdict in a sentence, and each log line that contains a secret */
export function judgeLogs(folder: string): { verdict: string; leaks: string[] } {
  const kept = (kind: string) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(kind))
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
      .filter((line) => line !== '')
  const [secrets, lines] = [new Set(kept('.secrets')), kept('.log')]
  const leaks = findLeaks(secrets, lines)
  const counted = `${secrets.size} secrets, ${lines.length} lines of log at debug level`
  if (secrets.size === 0 || lines.length === 0) leaks.push('nothing was looked for, or in nothing')
  return { verdict: `${counted}: ${leaks.length === 0 ? 'none leaked.' : 'leaked:'}`, leaks }
}

/**
 * Returns the lines that contain a secret of at least 16 characters. Looks up only the blocks of 8 characters at each
 * eighth offset of a line, because wherever the secret begins, one of its first 8 blocks is at such an offset.
 */
export function findLeaks(secrets: Iterable<string>, lines: Iterable<string>): string[] {
  const byBlock = new Map<string, string[]>()
  for (const secret of secrets) {
    for (let at = 0; at < block; at++) {
      const key = secret.slice(at, at + block)
      byBlock.set(key, [...(byBlock.get(key) ?? []), secret])
    }
  }
  return [...lines].filter((line) => {
    for (let at = 0; at + block <= line.length; at += block)
      if (byBlock.get(line.slice(at, at + block))?.some((secret) => line.includes(secret))) return true
    return false
  })
}

/** Returns a secret as JSON shows it, and only the signature of a token. Omits a text that could occur by chance. */
export function asLogged(text: string): string[] {
  const [, signature] = /^ey[\w-]+\.[\w-]+\.([\w-]*)$/.exec(text) ?? []
  const secret = JSON.stringify(signature ?? text).slice(1, -1)
  // The first characters suffice: some tests send thousands of texts of 64 kB.
  return secret.length >= 2 * block && new Set(secret.slice(0, 256)).size >= block ? [secret] : []
}

/** The greatest depth of a body in the contract. Some tests send bodies with thousands of levels. */
const deepest = 20

function secretsIn(value: unknown, members: ReadonlySet<string>, depth = 0): string[] {
  if (value === null || typeof value !== 'object' || depth > deepest) return []
  return Object.entries(value).flatMap(([name, member]) =>
    typeof member === 'string' && members.has(name) ? [member] : secretsIn(member, members, depth + 1),
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
