type Waiting<Key, Result> = { key: Key; resolve: (result: Result) => void; reject: (error: unknown) => void }

/** The maximum number of keys in one statement. */
const maxKeys = 100

/**
 * Reads the keys of simultaneous requests with one statement, because a statement costs more than a row. A read does
 * not start at once, but after the event loop has handled everything else that has arrived.
 */
export class Batch<Key, Result> {
  readonly #read: (keys: readonly Key[]) => Promise<readonly Result[]>
  #waiting: Waiting<Key, Result>[] = []

  /** @param read returns the results of the keys, in their order */
  constructor(read: (keys: readonly Key[]) => Promise<readonly Result[]>) {
    this.#read = read
  }

  /** Reads a key. @throws every error of the statement, as all calls that it answers do */
  read(key: Key): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ key, resolve, reject })
      if (this.#waiting.length === 1) setImmediate(() => void this.#flush())
      else if (this.#waiting.length === maxKeys) void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    if (waiting.length === 0) return
    try {
      const results = await this.#read(waiting.map(({ key }) => key))
      waiting.forEach(({ resolve }, index) => {
        resolve(results[index] as Result)
      })
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }
}
