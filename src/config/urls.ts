import { isIP, isIPv6 } from 'node:net'
import addressParser from 'nodemailer/lib/addressparser'
import proxyAddr from 'proxy-addr'
import { list, Malformed, type Parser } from './values.ts'

const isHost = (value: string) => isIPv6(value) || /^[\p{L}\p{N}_]([\p{L}\p{N}._-]*[\p{L}\p{N}_.])?$/u.test(value)

export function host(example: string): Parser<string> {
  return {
    example,
    parse(value) {
      if (isHost(value)) return value
      throw new Malformed('must be a host name or an IP address, without a scheme, a port or brackets')
    },
  }
}

/** PostgreSQL's: a folder stands for the Unix socket in it. */
export const databaseHost: Parser<string> = {
  example: 'localhost',
  parse(value) {
    if (isHost(value) || /^\/\P{Cc}*$/u.test(value)) return value
    throw new Malformed('must be a host name, an IP address or the absolute path of a socket folder')
  },
}

/** Without its final slash, so that a path can be put behind it. */
export const baseUrl: Parser<string> = {
  example: 'https://accounts.example.com',
  parse(value) {
    const url = /^https?:\/\/[^\s\\]+$/i.test(value) ? URL.parse(value) : null
    // No guess at the scheme: these links carry one-time codes, and http:// in place of https:// would give them away.
    if (!url) throw new Malformed('must be a URL that begins with https:// or http://')
    if (url.username || url.password) throw new Malformed('must be a URL without a user name or password')
    if (/[?#]/.test(value)) throw new Malformed('must be a URL without a query (?) or fragment (#)')
    const path = url.pathname.replace(/\/+$/, '')
    // In a Location, //x/ would be another host.
    if (path.includes('//')) throw new Malformed('must be a URL whose path has no empty segment (//)')
    return url.origin + path
  },
}

/** The lone address of a mailbox such as `a@b.example` or `Name <a@b.example>`; undefined: it is something else. */
export function addressOf(mailbox: string) {
  const [first, ...others] = addressParser(mailbox)
  if (!first || first.group || others.length > 0 || /\p{Cc}/u.test(mailbox)) return undefined
  return /^[^\s@<>",;]+@[^\s@<>",;]+$/.test(first.address) ? first.address : undefined
}

export const mailbox: Parser<string> = {
  example: 'Accounts <noreply@example.com>',
  parse(value) {
    if (addressOf(value) !== undefined) return value
    throw new Malformed('must be one mail address, with or without a name before it')
  },
}

/** For proxy-addr, whose words for ranges it takes too. */
export const proxies: Parser<readonly string[]> = {
  example: 'loopback, 10.0.0.0/8',
  parse(value) {
    const list = value.split(/[\s,]+/).filter(Boolean)
    if (list.every(isProxy)) return list
    throw new Malformed('must be a list of IP addresses, CIDRs, loopback, linklocal and uniquelocal')
  },
}

function isProxy(entry: string) {
  // proxy-addr alone would take `1`, meant as a number of hops, for the address 0.0.0.1.
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
    throw new Malformed(
      'must be a list of origins as browsers send them: scheme, host in lower case, port unless it is the usual one; no path and no *',
    )
  },
}

/** They are compared as they are, so that one in another spelling would allow nothing. */
export const origins: Parser<readonly string[]> = {
  example: 'https://app.example.com, http://localhost:3000',
  parse: (value) => list(origin).parse(value),
}
