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

/** The host of PostgreSQL. A folder stands for the Unix socket in it. */
export const databaseHost: Parser<string> = {
  example: 'localhost',
  parse(value) {
    if (isHost(value) || /^\/\P{Cc}*$/u.test(value)) return value
    throw new InvalidValue('must be a host name, an IP address or the absolute path of a socket folder')
  },
}

/** The result has no trailing slash, so that a path can be appended. */
export const baseUrl: Parser<string> = {
  example: 'https://accounts.example.com',
  parse(value) {
    const url = /^https?:\/\/[^\s\\]+$/i.test(value) ? URL.parse(value) : null
    // The scheme is required: mailed links contain one-time codes, and a guess of http:// would expose them.
    if (!url) throw new InvalidValue('must be a URL that begins with https:// or http://')
    if (url.username || url.password) throw new InvalidValue('must be a URL without a user name or password')
    if (/[?#]/.test(value)) throw new InvalidValue('must be a URL without a query (?) or fragment (#)')
    const path = url.pathname.replace(/\/+$/, '')
    // In a Location header, //x/ would be another host.
    if (path.includes('//')) throw new InvalidValue('must be a URL whose path has no empty segment (//)')
    return url.origin + path
  },
}

/**
 * Returns the address of a mailbox such as `a@b.example` or `Name <a@b.example>`, undefined if it is not one mailbox.
 */
export function mailboxAddress(mailbox: string) {
  const [first, ...others] = addressParser(mailbox)
  if (!first || first.group || others.length > 0 || /\p{Cc}/u.test(mailbox)) return undefined
  return /^[^\s@<>",;]+@[^\s@<>",;]+$/.test(first.address) ? first.address : undefined
}

export const mailbox: Parser<string> = {
  example: 'Accounts <noreply@example.com>',
  parse(value) {
    if (mailboxAddress(value) !== undefined) return value
    throw new InvalidValue('must be one email address, with or without a name before it')
  },
}

/** Ranges for proxy-addr, including its names for ranges. */
export const proxies: Parser<readonly string[]> = {
  example: 'loopback, 10.0.0.0/8',
  parse(value) {
    const list = value.split(/[\s,]+/).filter(Boolean)
    if (list.every(isProxy)) return list
    throw new InvalidValue('must be a list of IP addresses, CIDRs, loopback, linklocal and uniquelocal')
  },
}

function isProxy(entry: string) {
  // proxy-addr would read `1`, which may be meant as a number of hops, as the address 0.0.0.1.
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

/** Origins are compared as strings, so an origin in another spelling would never match. */
export const origins: Parser<readonly string[]> = {
  example: 'https://app.example.com, http://localhost:3000',
  parse: (value) => list(origin).parse(value),
}
