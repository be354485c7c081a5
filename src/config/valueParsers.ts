/** Parsers of the values of settings: text, numbers, switches, choices, durations and limits. */
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'

/**
 * Parses the text of a setting. `parse` throws InvalidValue for an invalid text. `example` is a valid text for error
 * messages.
 */
export type Parser<Value> = { parse: (value: string) => Value; example: string }

/**
 * The error of an invalid value. The message says what a valid value is. It never contains the value, because the
 * value may contain a password.
 */
export class InvalidValue extends Error {}

export function text(example: string): Parser<string> {
  return {
    example,
    parse(value) {
      if (/\p{Cc}/u.test(value)) throw new InvalidValue('must be one line without control characters')
      return value
    },
  }
}

/** Parses a name that mails and pages show. Direction marks and line separators could disguise what surrounds it. */
export const name: Parser<string> = {
  example: 'Example Shop',
  parse(value) {
    if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(value)) throw new InvalidValue('must be one line without control characters')
    if (value.length > 60) throw new InvalidValue('must have at most 60 characters')
    return value
  },
}

/** Parses values that are separated by commas, with optional spaces around each value. */
export function list<Value>(one: Parser<Value>): Parser<Value[]> {
  return {
    example: `${one.example},another one`,
    parse(value) {
      const items = value.split(',').map((item) => item.trim())
      if (items.includes('')) throw new InvalidValue('must be a list with exactly one comma between items')
      return items.map((item) => one.parse(item))
    },
  }
}

export function integer(min: number, max: number, example: string): Parser<number> {
  return {
    example,
    parse(value) {
      const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN
      if (number >= min && number <= max) return number
      throw new InvalidValue(`must be a whole number from ${min} to ${max}`)
    },
  }
}

/** Parses a number of processes from 1 to a maximum. `auto` is the number of CPUs that this process may use. */
export function processes(max: number, example: string): Parser<number> {
  const number = integer(1, max, example)
  return {
    example,
    parse(value) {
      if (value.toLowerCase() === 'auto') return Math.min(availableParallelism(), max)
      try {
        return number.parse(value)
      } catch {
        throw new InvalidValue(`must be auto or a whole number from 1 to ${max}`)
      }
    },
  }
}

/** Parses a port to connect to. Port 0 is invalid. */
export const port = (example: string) => integer(1, 65_535, example)

const booleans = new Map([
  ...['true', 'yes', 'on', '1', 'y', 't'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', '0', 'n', 'f'].map((word) => [word, false] as const),
])

/** Parses a boolean. The accepted words are those of python-decouple. */
export const boolean: Parser<boolean> = {
  example: 'on',
  parse(value) {
    const known = booleans.get(value.toLowerCase())
    if (known === undefined) throw new InvalidValue('must be on or off (or true, yes, 1, y, t; false, no, 0, n, f)')
    return known
  },
}

/** Parses a boolean or the path of a file. The result is the boolean or the absolute path. */
export const switchOrFile: Parser<boolean | string> = {
  example: 'on',
  parse: (value) => booleans.get(value.toLowerCase()) ?? resolve(text('').parse(value)),
}

/** Parses some of the words, separated by commas. */
export function choices<Word extends string>(...words: [Word, ...Word[]]): Parser<Word[]> {
  return { ...list(choice(...words)), example: words.join() }
}

export function choice<Word extends string>(...words: [Word, ...Word[]]): Parser<Word> {
  return {
    example: words[0],
    parse(value) {
      const word = words.find((each) => each.toLowerCase() === value.toLowerCase())
      if (word === undefined) throw new InvalidValue(`must be one of: ${words.join(', ')}`)
      return word
    },
  }
}

const units: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }
const day = 86_400
const longest = 3650 * day

/**
 * Parses a duration to seconds.
 * @param bounds the shortest and the longest valid duration in seconds, the longest one a whole number of minutes
 */
export function duration(example: string, { min = 1, max = longest } = {}): Parser<number> {
  const last = max % day === 0 ? `${max / day}d` : `${max / 60}m`
  return {
    example,
    parse(value) {
      const [, amount = 'NaN', unit = ''] = /^(\d{1,9})([smhd]?)$/.exec(value) ?? []
      const seconds = Number(amount) * (units[unit] ?? NaN)
      if (seconds >= min && seconds <= max) return seconds
      throw new InvalidValue(`must be a duration from ${min}s to ${last}: seconds, or a number with s, m, h or d`)
    },
  }
}

/** Parses a number of attempts in a window of time, such as `10/15m`. The window of the result is in seconds. */
export function limit(example: string): Parser<{ count: number; window: number }> {
  return {
    example,
    parse(value) {
      const [, count = '', amount = '', unit = ''] = /^(\d{1,6})\/(\d{1,6})([smhd]?)$/.exec(value) ?? []
      const window = Number(amount) * (units[unit] ?? NaN)
      if (Number(count) >= 1 && window >= 1 && window <= day) return { count: Number(count), window }
      throw new InvalidValue('must be a number, a slash and a duration from 1s to 1d')
    },
  }
}
