/** How a setting is defined: its name, its parser and its default. The settings themselves are in settings.ts. */
import type { Parser } from './valueParsers.ts'

export type Setting<Value> = {
  name: string
  example: string
  /** The text of the fixed default. It is undefined for a setting without a fixed default. */
  fallback: string | undefined
  /** Whether the setting's name with the suffix `_FILE` may name a file that contains the value. */
  mayBeInFile?: boolean
  /**
   * Parses the text of the setting.
   * @param value the text, or undefined when the setting is not set
   * @returns the parsed value; for an undefined text, the default, or undefined if the setting has none
   */
  parse: (value: string | undefined) => Value
}

export type SettingsTable = Record<string, Setting<unknown>>
export type ValuesOf<Table extends SettingsTable> = {
  [Key in keyof Table]: Table[Key] extends Setting<infer Value> ? Value : never
}

/** Defines a setting with a fixed default. */
export function setting<Value>(name: string, parser: Parser<Value>, fallback: string): Setting<Value> {
  return { name, example: parser.example, fallback, parse: (value) => parser.parse(value ?? fallback) }
}

/** Defines a setting without a default, or whose default depends on other settings. */
export function optional<Value>(name: string, parser: Parser<Value>): Setting<Value | undefined> {
  const parse = (value: string | undefined) => (value === undefined ? undefined : parser.parse(value))
  return { name, example: parser.example, fallback: undefined, parse }
}

/** Defines a secret, which may also be in a file. */
export function secret<Value>(name: string, parser: Parser<Value>): Setting<Value | undefined> {
  return { ...optional(name, parser), mayBeInFile: true }
}

/** Returns the name of the setting with the path of the file that contains a secret. */
export const fileSettingName = (name: string) => `${name}_FILE`
