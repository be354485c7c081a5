type PageOf<Item> = { next_cursor: string | null; results: Item[] }

/** The items of a list, for `for await`. A page is requested when its first item is needed. */
export class Items<Item, Page extends PageOf<Item>> implements AsyncIterable<Item> {
  readonly #list: (cursor: string | undefined) => Promise<Page>
  readonly #cursor: string | undefined

  constructor(list: (cursor: string | undefined) => Promise<Page>, cursor: string | undefined) {
    this.#list = list
    this.#cursor = cursor
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const page of this.pages()) yield* page.results
  }

  /** Iterates over the pages instead of the items. */
  async *pages(): AsyncGenerator<Page, void, undefined> {
    for (let cursor = this.#cursor; ;) {
      const page = await this.#list(cursor)
      yield page
      if (page.next_cursor === null) return
      cursor = page.next_cursor
    }
  }
}
