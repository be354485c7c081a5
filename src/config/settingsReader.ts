/** Reads tables of settings and collects their errors, so that one start reports all of them. */
import { fileSettingName, type Setting, type SettingsTable, type ValuesOf } from './defineSetting.ts'
import { readSecretFile } from './secretFile.ts'
import { InvalidValue } from './valueParsers.ts'

export type SettingError = { name: string; problem: string; example: string }

/**
 * Reports all errors in the settings to the operator in one message. The message never contains the value of a
 * setting.
 */
export class ConfigError extends Error {
  readonly errors: readonly SettingError[]
  /** Whether NODE_ENV is production. */
  readonly production: boolean

  constructor(errors: readonly SettingError[], production: boolean) {
    const lines = errors.map(({ name, problem, example }) => `  ${name} ${problem}\n    for example: ${example}`)
    super([`${errors.length} wrong setting${errors.length > 1 ? 's' : ''}:`, ...lines].join('\n'))
    this.name = 'ConfigError'
    this.errors = errors
    this.production = production
  }
}

export class SettingsReader {
  readonly errors: SettingError[] = []
  readonly warnings: string[] = []
  /** Warnings about settings that only the service uses. Commands do not print them. */
  readonly serviceWarnings: string[] = []
  readonly #lookup: (name: string) => string | undefined

  constructor(lookup: (name: string) => string | undefined) {
    this.#lookup = lookup
  }

  isSet({ name, mayBeInFile }: Setting<unknown>) {
    return Boolean(this.#lookup(name) || (mayBeInFile && this.#lookup(fileSettingName(name))))
  }

  read<Table extends SettingsTable>(table: Table) {
    const values = Object.entries(table).map(([key, setting]) => [key, this.#readSetting(setting)] as const)
    // The type of Object.fromEntries does not relate each key to its type.
    return Object.fromEntries(values) as ValuesOf<Table>
  }

  /**
   * Adds an error of a setting. Only the first error of each setting and its file is kept, because their later errors
   * are consequences of the first.
   */
  addError({ name, example }: { name: string; example: string }, problem: string) {
    const isKnown = this.errors.some((error) => error.name === name || error.name === fileSettingName(name))
    if (!isKnown) this.errors.push({ name, problem, example })
  }

  #readSetting(setting: Setting<unknown>) {
    const { name, mayBeInFile } = setting
    const text = this.#lookup(name) || undefined
    const path = mayBeInFile ? this.#lookup(fileSettingName(name)) || undefined : undefined
    if (path === undefined) return this.#parse(setting, setting, () => text)
    if (text !== undefined) this.addError(setting, `and ${fileSettingName(name)} are both set: unset one of them`)
    const file = { name: fileSettingName(name), example: `/run/secrets/${name.toLowerCase()}` }
    return this.#parse(setting, file, () => readSecretFile(path))
  }

  /** Parses a text. An error is reported under the name of `source`, where the text comes from. */
  #parse(setting: Setting<unknown>, source: { name: string; example: string }, readText: () => string | undefined) {
    try {
      return setting.parse(readText())
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error
      this.addError(source, error.message)
      return setting.parse(undefined)
    }
  }
}
