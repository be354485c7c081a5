/** Parsers of settings that are hosts, URLs, mailboxes, proxies or origins. */
import { isIP, isIPv6 } from 'node:net'
import addressParser from 'nodemailer/lib/addressparser'
import proxyAddr from 'proxy-addr'
import { list, InvalidValue, type Parser } from './valueParsers.ts'

const isHost = (value: string) => isIPv6(value) || /^[\p{L}\p{N}_]([\p{L}\p{N}._-]*[\p{L}\p{N}_.])?$/u.test(value)

export function host(example: string): Parser<string> {
  return {
    example,
    parse(value) {
      if (isHost(value)) return value
      throw new InvalidValue('must be a host name or an IP address, without a scheme, a port or brackets')
    },
  }
}

/** Parses the host of PostgreSQL. The path of a folder means the Unix socket in that folder. */
export const databaseHost: Parser<string> = {
  example: 'localhost',
  parse(value) {
    if (isHost(value) || /^\/\P{Cc}*$/u.test(value)) return value
    throw new InvalidValue('must be a host name, an IP address or the absolute path of a socket folder')
  },
}

/** Parses the URL of the service. The result has no trailing slash, so that callers can append a path. */
export const baseUrl: Parser<string> = {
  example: 'https://accounts.example.com',
  parse(value) {
    const url = /^https?:\/\/[^\s\\]+$/i.test(value) ? URL.parse(value) : null
    // The operator must write the scheme. If the service assumed http://, clients would send the one-time codes in
    // mailed links without encryption.
    if (!url) throw new InvalidValue('must be a URL that begins with https:// or http://')
    if (url.username || url.password) throw new InvalidValue('must be a URL without a user name or password')
    if (/[?#]/.test(value)) throw new InvalidValue('must be a URL without a query (?) or fragment (#)')
    const path = url.pathname.replace(/\/+$/, '')
    // In a Location header, a path that begins with //x/ would lead to the host x.
    if (path.includes('//')) throw new InvalidValue('must be a URL whose path has no empty segment (//)')
    // The path of the refresh cookie begins with this path, and a cookie's path has no semicolon (RFC 6265, 4.1.1).
    if (path.includes(';')) throw new InvalidValue('must be a URL whose path has no semicolon')
    return url.origin + path
  },
}

/** Parses the URL of a product page, to which pages and mails link. It may have a query. */
export function productPage(example: string): Parser<string> {
  return {
    example,
    parse(value) {
      const url = /^https?:\/\/[^\s\\]+$/i.test(value) ? URL.parse(value) : null
      if (!url) throw new InvalidValue('must be a URL that begins with https:// or http://')
      if (url.username || url.password) throw new InvalidValue('must be a URL without a user name or password')
      return url.href
    },
  }
}

/**
 * Returns the email address of a mailbox such as `a@b.example` or `Name <a@b.example>`. Returns undefined if the text
 * is not exactly one mailbox.
 */
export function mailboxAddress(mailbox: string) {
  const [first, ...others] = addressParser(mailbox)
  if (!first || first.group || others.length > 0 || /\p{Cc}/u.test(mailbox)) return undefined
  return /^[^\s@<>",;]+@[^\s@<>",;]+$/.test(first.address) ? first.address : undefined
}

/** Returns the mailbox with a name before the address, unless it has a name. */
export function nameMailbox(mailbox: string, name: string | undefined): string {
  const [first] = addressParser(mailbox)
  if (name === undefined || !first || first.name !== '') return mailbox
  return `"${name.replace(/["\\]/g, '\\$&')}" <${first.address}>`
}

export const mailbox: Parser<string> = {
  example: 'Accounts <noreply@example.com>',
  parse(value) {
    if (mailboxAddress(value) !== undefined) return value
    throw new InvalidValue('must be one email address, with or without a name before it')
  },
}

/** Parses the IP ranges of trusted proxies for proxy-addr. The names that proxy-addr has for ranges are accepted. */
export const proxies: Parser<readonly string[]> = {
  example: 'loopback, 10.0.0.0/8',
  parse(value) {
    const list = value.split(/[\s,]+/).filter(Boolean)
    if (list.every(isProxy)) return list
    throw new InvalidValue('must be a list of IP addresses, CIDRs, loopback, linklocal and uniquelocal')
  },
}

function isProxy(entry: string) {
  // An operator may write `1` as a number of hops, but proxy-addr would read `1` as the IP address 0.0.0.1.
  if (/[\d:]/.test(entry) && !isIP(entry.replace(/\/.*$/, ''))) return false
  try {
    proxyAddr.compile(entry)
    return true
  } catch {
    return false
  }
}

const origin: Parser<string> = {
  example: 'https://app.example.com',
  parse(value) {
    if (/^https?:\/\/[\w.:[\]-]+$/.test(value) && URL.parse(value)?.origin === value) return value
    throw new InvalidValue(
      'must be a list of origins as browsers send them: scheme, host in lower case, port unless it is the default; no path and no *',
    )
  },
}

/**
 * Parses a list of origins for CORS. The service compares origins as strings, so an origin that is not spelled as
 * browsers spell it would never match.
 */
export const origins: Parser<readonly string[]> = {
  example: 'https://app.example.com, http://localhost:3000',
  parse: (value) => list(origin).parse(value),
}
