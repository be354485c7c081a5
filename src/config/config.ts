import { resolve } from 'node:path'
import { addressOf } from './urls.ts'
import { databaseFrom } from './database.ts'
import { parseEnvFile, warnOfUnknown } from './envFile.ts'
import { type Mail, mailServiceFrom } from './mail.ts'
import { warnInProduction } from './production.ts'
import { ConfigError, Reader, type Values } from './reader.ts'
import { database, derived, knownNames, limits, mail, plain } from './settings.ts'

export { ConfigError }

/** Lifetimes are in seconds. */
export type Config = Readonly<
  Values<typeof plain> & {
    production: boolean
    /** Without a final slash. */
    baseUrl: string
    /** Absolute. */
    dataDir: string
    /** Undefined: the generated development key in dataDir. */
    secretKey: string | undefined
    /** Accepted, and never used for anything new. */
    previousSecretKeys: readonly string[]
    /** A connection URL; undefined: the embedded database. */
    database: string | undefined
    mail: Readonly<Mail>
    mailFrom: string
    limits: Readonly<Values<typeof limits>>
    jwtIssuer: string
    jwtAudience: string
    activateByGet: 'any' | 'json'
    /** True: the one that comes along; a text: the absolute path of another. */
    passwordBlockList: boolean | string
    trustedProxies: readonly string[]
    corsOrigins: readonly string[]
  }
>

/**
 * Reads the settings once, from the environment and, where that has nothing, from the text of `.env`.
 * @throws ConfigError naming every fault
 */
export function loadConfig(environment: Record<string, string | undefined>, envFile = '') {
  const file = parseEnvFile(envFile)
  // As in python-decouple a name in the environment wins even when its value is empty; that unsets the one in `.env`.
  const reader = new Reader((name) => environment[name] ?? file.get(name))
  const config = assemble(reader)
  if (reader.errors.length > 0) throw new ConfigError(reader.errors)
  return { config, warnings: [...warnOfUnknown(file.keys(), knownNames), ...reader.warnings] }
}

function assemble(reader: Reader): Config {
  const values = reader.read(plain)
  const { environment, secretKey, previousSecretKeys = [], ...others } = reader.read(derived)
  const mailValues = reader.read(mail)
  const production = environment === 'production'
  const baseUrl = others.baseUrl ?? defaultBaseUrl(values.port)
  checkSecretKey(secretKey, production, reader)
  for (const key of previousSecretKeys) checkStrength(derived.previousSecretKeys, key, production, reader)
  const config = Object.freeze({
    ...values,
    production,
    baseUrl,
    dataDir: resolve(others.dataDir),
    secretKey,
    previousSecretKeys: Object.freeze(previousSecretKeys),
    database: databaseFrom(reader.read(database), reader, database),
    mail: Object.freeze(mailServiceFrom(mailValues, reader, mail)),
    mailFrom: mailValues.from ?? addressOf(mailValues.user ?? '') ?? `noreply@${new URL(baseUrl).hostname}`,
    limits: Object.freeze(reader.read(limits)),
    jwtIssuer: others.jwtIssuer ?? baseUrl,
    jwtAudience: others.jwtAudience ?? baseUrl,
    activateByGet: others.activateByGet ?? (production ? 'json' : 'any'),
    passwordBlockList: others.passwordBlockList ?? production,
    trustedProxies: Object.freeze([...(others.trustedProxies ?? [])]),
    corsOrigins: Object.freeze([...(others.corsOrigins ?? [])]),
  })
  if (production) reader.warnings.push(...warnInProduction(config, reader.isSet(derived.baseUrl)))
  return config
}

const defaultBaseUrl = (port: number) => `http://localhost:${port}`

/** The settings of a service that may take any free port (PORT=0): what would name the port 0 names the one that was bound. */
export function atPort(config: Config, port: number): Config {
  const bound = (url: string) => (url === defaultBaseUrl(0) ? defaultBaseUrl(port) : url)
  const { baseUrl, jwtIssuer, jwtAudience } = config
  return Object.freeze({
    ...config,
    port,
    baseUrl: bound(baseUrl),
    jwtIssuer: bound(jwtIssuer),
    jwtAudience: bound(jwtAudience),
  })
}

function checkSecretKey(key: string | undefined, production: boolean, reader: Reader) {
  if (key !== undefined) checkStrength(derived.secretKey, key, production, reader)
  else if (production)
    reader.addError(derived.secretKey, 'is missing: in production set it to a random text, made once')
}

/** What a key has signed is believed, so that a previous one must be as strong. */
function checkStrength(setting: { name: string; example: string }, key: string, production: boolean, reader: Reader) {
  const weakness = weaknessOf(key)
  if (weakness === undefined) return
  if (production) reader.addError(setting, `is weak: ${weakness}; in production it must be a random text, made once`)
  else reader.warnings.push(`${setting.name} is weak: ${weakness}. NODE_ENV=production would refuse it.`)
}

function weaknessOf(key: string) {
  if (key.length < 32) return 'it has fewer than 32 characters'
  if (new Set(key).size < 10) return 'it has fewer than 10 different characters'
  if (key.startsWith('django-insecure-')) return 'it is one that Django made for development'
  return undefined
}
