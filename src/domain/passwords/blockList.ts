import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { StartError } from '../../problems.ts'
import { foldText } from '../searchText.ts'

export type BlockList = {
  /** The description of the list, which the service prints when it starts. */
  label: string
  /** The passwords, folded by foldText. */
  passwords: ReadonlySet<string>
  serviceName: string
}

// Only this file is read. An import of the package would also keep the package's other lists in memory.
const commonPasswords = createRequire(import.meta.url).resolve('@zxcvbn-ts/language-common/src/passwords.json')

const hint = 'PASSWORD_BLOCK_LIST takes on, off or the path of a text file with one password a line.'

const signs = /[^\p{L}\p{M}\p{N}]/gu

/**
 * Loads the passwords that no user may choose (security 7, ASVS 6.2.4 and 6.2.11): the 18,000 passwords of
 * @zxcvbn-ts/language-common, or the lines of a file. Loading takes 30 ms and 7 MB.
 * @param source true for the built-in list, the path of a file, or false for no list
 * @param minLength the least length of a password, in code units. Shorter passwords are left out of the list, because
 * they are refused for their length
 * @throws StartError if the file cannot be read or contains no password of this length
 */
export async function loadBlockList(
  source: boolean | string,
  minLength: number,
  serviceName: string,
): Promise<BlockList | undefined> {
  if (source === false) return undefined
  const lines = source === true ? await readCommon() : await readLines(source)
  const passwords = new Set(lines.filter((line) => line.length >= minLength))
  const origin = source === true ? 'common ones' : `from ${source}`
  if (passwords.size === 0)
    throw new StartError(`The block list has no password of ${minLength} characters or more ${origin}: ${hint}`)
  return { label: `block list of ${passwords.size} ${origin}`, passwords, serviceName }
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

/** Checks whether a password is on the block list. */
export function isCommon(password: string, { passwords }: BlockList): boolean {
  return passwords.has(foldText(password))
}

/**
 * Checks whether a password consists only of words of the email address, words of the service's name, digits and
 * signs. A passphrase that also has other words is not personal.
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
  // The longest words are removed first: removing `anna` before `annasmith` would leave `smith`.
  const words = names.flatMap(wordsIn).sort((a, b) => b.length - a.length)
  const text = foldText(password).replace(signs, '')
  const rest = text.replace(new RegExp(words.join('|'), 'gu'), '')
  return rest !== text && !/\p{L}/u.test(rest)
}

/**
 * Returns the words of a name that have at least 3 characters: the whole name without signs, and each run of letters.
 */
function wordsIn(name: string): string[] {
  const folded = foldText(name)
  return [folded.replace(signs, ''), ...(folded.match(/[\p{L}\p{M}]+/gu) ?? [])].filter((word) => word.length >= 3)
}
