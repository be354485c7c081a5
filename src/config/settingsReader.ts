/** Reads tables of settings and collects their errors, so that one start reports all of them. */
import type { Setting, SettingsTable, ValuesOf } from './defineSetting.ts'
import { InvalidValue } from './valueParsers.ts'

export type SettingError = { name: string; problem: string; example: string }

/**
 * Reports all errors in the settings to the operator in one message. The message never contains the value of a
 * setting.
 */
export class ConfigError extends Error {
  readonly errors: readonly SettingError[]

  constructor(errors: readonly SettingError[]) {
    const lines = errors.map(({ name, problem, example }) => `  ${name} ${problem}\n    for example: ${example}`)
    super([`${errors.length} wrong setting${errors.length > 1 ? 's' : ''}:`, ...lines].join('\n'))
    this.name = 'ConfigError'
    this.errors = errors
  }
}

export class SettingsReader {
  readonly errors: SettingError[] = []
  readonly warnings: string[] = []
  readonly #lookup: (name: string) => string | undefined

  constructor(lookup: (name: string) => string | undefined) {
    this.#lookup = lookup
  }

  isSet({ name }: Setting<unknown>) {
    return Boolean(this.#lookup(name))
  }

  read<Table extends SettingsTable>(table: Table) {
    const values = Object.entries(table).map(([key, setting]) => [key, this.#readSetting(setting)] as const)
    // The type of Object.fromEntries does not relate each key to its type.
    return Object.fromEntries(values) as ValuesOf<Table>
  }

  /**
   * Adds an error of a setting. Only the first error of each setting is kept, because its later errors are
   * consequences of the first.
   */
  addError({ name, example }: { name: string; example: string }, problem: string) {
    if (!this.errors.some((error) => error.name === name)) this.errors.push({ name, problem, example })
  }

  #readSetting(setting: Setting<unknown>) {
    try {
      return setting.parse(this.#lookup(setting.name) || undefined)
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error
      this.addError(setting, error.message)
      return setting.parse(undefined)
    }
  }
}
