import { isUtf8 } from 'node:buffer'

// The functions below read the parts of header fields for which RFC 9110, 5.6 has a grammar: lists, parameters and
// quoted strings.

const tokenPattern = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const quotedPattern = String.raw`"(?:[^"\\]|\\.)*"`
const mediaType = new RegExp(`^(${tokenPattern}/${tokenPattern})[ \t]*(?:;(.*))?$`)

const parameterOf = (value: string) =>
  new RegExp(`[ \t]*(?:(${tokenPattern})[ \t]*=[ \t]*(${value}|${quotedPattern})[ \t]*)?(?:;|$)`, 'y')
const strictParameter = parameterOf(tokenPattern)
// In Forwarded, a value with colons or brackets must be quoted (RFC 7239, 4), but many proxies do not quote it.
const looseParameter = parameterOf('[^\\s",;]+')

type Parameters = Map<string, string>
type MediaType = { type: string; parameters: Parameters }

/**
 * Splits a list at its commas, and yields the last member first. The nearest proxy has appended its member at the
 * end. If the client did not close a quote, only the members before the proxy's member become unreadable.
 */
export function* membersFromEnd(text: string): Generator<string> {
  let end = text.length
  let quoted = false
  for (let index = text.length - 1; index >= 0; index--) {
    if (text[index] === '"' && !(quoted && isEscaped(text, index))) quoted = !quoted
    if (text[index] !== ',' || quoted) continue
    yield text.slice(index + 1, end).trim()
    end = index
  }
  yield text.slice(0, end).trim()
}

/** Checks whether an odd number of backslashes precedes the character at an index. */
function isEscaped(text: string, index: number): boolean {
  let start = index
  while (text[start - 1] === '\\') start--
  return (index - start) % 2 === 1
}

/**
 * Reads parameters such as `name=value; name="value"`. Empty parameters are allowed (RFC 9110, 5.6.6).
 * @param options.loose whether values may have colons and brackets without quotes
 * @returns the values by name, in lower case; undefined if the text is malformed or has a name twice
 */
export function readParameters(text: string, { loose = false } = {}): Parameters | undefined {
  const pattern = loose ? looseParameter : strictParameter
  const parameters: Parameters = new Map()
  for (pattern.lastIndex = 0; pattern.lastIndex < text.length;) {
    const match = pattern.exec(text)
    if (!match) return undefined
    const [, name, value = ''] = match
    if (name === undefined) continue
    if (parameters.has(name.toLowerCase())) return undefined
    parameters.set(name.toLowerCase(), value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value)
  }
  return parameters
}

/**
 * Reads a media type (RFC 9110, 8.3.1).
 * @returns the type and the parameter names in lower case; undefined if the text is not a media type
 */
export function readMediaType(text: string): MediaType | undefined {
  const [, type, rest = ''] = mediaType.exec(text.trim()) ?? []
  const parameters = readParameters(rest)
  return type === undefined || parameters === undefined ? undefined : { type: type.toLowerCase(), parameters }
}

/**
 * Checks whether an Accept header names a media type with a weight above 0. A wildcard does not count (RFC 9110,
 * 12.4.2).
 */
export function acceptsExplicitly(accept: string, type: string): boolean {
  return [...membersFromEnd(accept)].some((member) => {
    const range = readMediaType(member)
    return range?.type === type && Number(range.parameters.get('q') ?? '1') > 0
  })
}

/**
 * Decodes the value of a header field as UTF-8 if it is valid UTF-8. Node returns each byte of the value as one
 * character.
 */
export function decodeField(value: string): string {
  const bytes = Buffer.from(value, 'latin1')
  return isUtf8(bytes) ? bytes.toString() : value
}
