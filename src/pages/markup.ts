import escapeHtml from 'escape-html'

/** HTML that `markup` has made. */
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
 * Makes HTML of a template: escapes the texts in it, inserts other Markup as it is, and leaves out undefined. It is
 * not called html because Prettier would break the lines of such templates.
 */
export function markup(strings: TemplateStringsArray, ...values: readonly (string | Markup | undefined)[]): Markup {
  const insertions = values.map((value) => (value instanceof Markup ? String(value) : escapeHtml(value ?? '')))
  return new Markup(String.raw({ raw: strings }, ...insertions))
}
