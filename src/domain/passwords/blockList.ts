import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { StartError } from '../../problems.ts'
import { foldText } from '../searchText.ts'

export type BlockList = {
  /** For the start-up line. */
  label: string
  /** As foldText leaves them. */
  passwords: ReadonlySet<string>
  serviceName: string
}

// The file, not the package: importing that would keep its other lists in memory, too.
const commonPasswords = createRequire(import.meta.url).resolve('@zxcvbn-ts/language-common/src/passwords.json')

const hint = 'PASSWORD_BLOCK_LIST takes on, off or the path of a text file with one password a line.'

const signs = /[^\p{L}\p{M}\p{N}]/gu

/**
 * The passwords that nobody may choose (security 7, ASVS 6.2.4 and 6.2.11): 18,000 of @zxcvbn-ts/language-common, or those of
 * a file, one a line. It takes 7 MB and 30 ms, so that it is read at the start, and only where it is wanted.
 * @param source true, or the path of a file; false: none
 * @param minLength shorter ones are refused for that already, and left out
 * @throws StartError when the file cannot be read, or holds none
 */
export async function loadBlockList(
  source: boolean | string,
  minLength: number,
  serviceName: string,
): Promise<BlockList | undefined> {
  if (source === false) return undefined
  const lines = source === true ? await readCommon() : await readLines(source)
  const passwords = new Set(lines.filter((line) => line.length >= minLength))
  const from = source === true ? 'common ones' : `from ${source}`
  if (passwords.size === 0)
    throw new StartError(`The block list has no password of ${minLength} characters or more ${from}: ${hint}`)
  return { label: `block list of ${passwords.size} ${from}`, passwords, serviceName }
}

async function readCommon(): Promise<string[]> {
  return JSON.parse(foldText(await readFile(commonPasswords, 'utf8'))) as string[]
}

async function readLines(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new StartError(`The block list cannot be read (${(error as Error).message}): ${hint}`)
  })
  return foldText(text.replace(/^\uFEFF/, '')).split(/\r?\n/)
}

export function isCommon(password: string, { passwords }: BlockList): boolean {
  return passwords.has(foldText(password))
}

/**
 * Whether a password is made of nothing but the email address or words of it, words of the service's name, digits and signs. A
 * passphrase that has such a word among others is none of these.
 */
export function isPersonal(password: string, email: string, { serviceName }: BlockList): boolean {
  const names = [
    email,
    ...email.split('@'),
    ...email.split(/[@.]/),
    serviceName,
    ...serviceName.split('.'),
    'gatehouse',
  ]
  // The longest first: of `anna` and `annasmith` one must not leave half of the other.
  const words = names.flatMap(wordsIn).sort((a, b) => b.length - a.length)
  const text = foldText(password).replace(signs, '')
  const left = text.replace(new RegExp(words.join('|'), 'gu'), '')
  return left !== text && !/\p{L}/u.test(left)
}

/** All of a name without its signs, and each run of letters in it; fewer than 3 characters are no word. */
function wordsIn(name: string): string[] {
  const folded = foldText(name)
  return [folded.replace(signs, ''), ...(folded.match(/[\p{L}\p{M}]+/gu) ?? [])].filter((word) => word.length >= 3)
}
