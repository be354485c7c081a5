import { Malformed, type Parser } from './values.ts'

/** One setting by its name. `parse(undefined)` is its value when it is not set: that of `fallback`, or undefined. */
export type Setting<Value> = {
  name: string
  example: string
  fallback: string | undefined
  parse: (value: string | undefined) => Value
}

export function setting<Value>(name: string, parser: Parser<Value>, fallback: string): Setting<Value> {
  return { name, example: parser.example, fallback, parse: (value) => parser.parse(value ?? fallback) }
}

export function optional<Value>(name: string, parser: Parser<Value>): Setting<Value | undefined> {
  const parse = (value: string | undefined) => (value === undefined ? undefined : parser.parse(value))
  return { name, example: parser.example, fallback: undefined, parse }
}

export type Table = Record<string, Setting<unknown>>
export type Values<Of extends Table> = { [Key in keyof Of]: Of[Key] extends Setting<infer Value> ? Value : never }

export type Fault = { name: string; problem: string; example: string }

/** Everything that is wrong with the settings, for the operator, in one message. No message holds a value. */
export class ConfigError extends Error {
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    const lines = faults.map(({ name, problem, example }) => `  ${name} ${problem}\n    for example: ${example}`)
    super([`${faults.length} wrong setting${faults.length > 1 ? 's' : ''}:`, ...lines].join('\n'))
    this.name = 'ConfigError'
    this.faults = faults
  }
}

/** Reads tables of settings and gathers what is wrong with them, so that one start names it all. */
export class Reader {
  readonly errors: Fault[] = []
  readonly warnings: string[] = []
  readonly #lookup: (name: string) => string | undefined

  constructor(lookup: (name: string) => string | undefined) {
    this.#lookup = lookup
  }

  isSet({ name }: Setting<unknown>) {
    return Boolean(this.#lookup(name))
  }

  read<Of extends Table>(table: Of) {
    const values = Object.entries(table).map(([key, one]) => [key, this.#readOne(one)] as const)
    // Object.fromEntries forgets which key has which type.
    return Object.fromEntries(values) as Values<Of>
  }

  /** The first fault of a setting is the one to mend; what follows from it is noise. */
  addError({ name, example }: { name: string; example: string }, problem: string) {
    if (!this.errors.some((fault) => fault.name === name)) this.errors.push({ name, problem, example })
  }

  #readOne(one: Setting<unknown>) {
    try {
      return one.parse(this.#lookup(one.name) || undefined)
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      this.addError(one, error.message)
      return one.parse(undefined)
    }
  }
}
