import escapeHtml from 'escape-html'

/** HTML that the function `markup` has made. */
export class Markup {
  readonly #html: string

  constructor(html: string) {
    this.#html = html
  }

  toString(): string {
    return this.#html
  }
}

/**
 * Makes HTML from a template. It escapes the texts in the template, inserts other Markup unchanged, and leaves out
 * undefined values. The function is not called `html`, because Prettier would break the lines of templates of this
 * name.
 */
export function markup(strings: TemplateStringsArray, ...values: readonly (string | Markup | undefined)[]): Markup {
  const insertions = values.map((value) => (value instanceof Markup ? String(value) : escapeHtml(value ?? '')))
  return new Markup(String.raw({ raw: strings }, ...insertions))
}
