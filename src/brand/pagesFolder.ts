import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '../problems.ts'

/** The largest size of a file in PAGES_DIR, in bytes. */
const maxSize = 100_000

const topNames = ['colors.json', 'logo.svg', 'logo.png', 'logo-dark.svg', 'logo-dark.png', 'texts', 'mails'] as const

export type TopName = (typeof topNames)[number]

/** Receives a mistake in a file, as the end of a line that begins with the name of the file. */
export type Report = (mistake: string) => void

/** The files in PAGES_DIR. This class collects the mistakes in them, so that a single start reports all of them. */
export class PagesFolder {
  readonly mistakes: string[] = []
  readonly #path: string
  readonly #names: readonly TopName[]

  /** @param path undefined if PAGES_DIR is not set; the folder is then empty */
  constructor(path: string | undefined) {
    this.#path = path ?? ''
    this.#names = path === undefined ? [] : this.list('', topNames)
  }

  has(name: TopName): boolean {
    return this.#names.includes(name)
  }

  /** Lists the known names in a folder. Hidden files, such as those of Kubernetes, are ignored. */
  list<Name extends string>(folder: string, known: readonly Name[], suffix = ''): Name[] {
    const present = this.#attempt(folder, () => readdirSync(join(this.#path, folder))) ?? []
    const expected = known.map((name) => name + suffix)
    for (const name of present.toSorted())
      if (!name.startsWith('.') && !expected.includes(name))
        this.report(join(folder, name), `the possible names are ${expected.join(', ')}`)
    return known.filter((name) => present.includes(name + suffix))
  }

  /**
   * Reads a file.
   * @param parse reports mistakes, or throws an Error with one
   * @returns undefined if the file cannot be read, or if `parse` has thrown
   */
  read<Result>(name: string, parse: (content: Buffer, report: Report) => Result): Result | undefined {
    return this.#attempt(name, () => {
      const file = join(this.#path, name)
      const { size } = statSync(file)
      if (size > maxSize) throw new Error(`has ${size} bytes; a file may have at most ${maxSize}`)
      return parse(readFileSync(file), (mistake) => {
        this.report(name, mistake)
      })
    })
  }

  #attempt<Result>(name: string, work: () => Result): Result | undefined {
    try {
      return work()
    } catch (error) {
      this.report(name, (error as Error).message)
      return undefined
    }
  }

  /** Adds a mistake in a file. */
  report(name: string, mistake: string): void {
    this.mistakes.push(`${join(this.#path, name)}: ${mistake}`)
  }
}

/**
 * Reads PAGES_DIR.
 * @throws StartError with one line for each mistake that `read` has found
 */
export function readPagesFolder<Result>(path: string | undefined, read: (folder: PagesFolder) => Result): Result {
  const folder = new PagesFolder(path)
  const result = read(folder)
  if (folder.mistakes.length > 0) throw new StartError(['Wrong files in PAGES_DIR:', ...folder.mistakes].join('\n  '))
  return result
}
