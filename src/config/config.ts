/** The configuration: all settings, parsed, checked and with their defaults, in one frozen object. */
import { resolve } from 'node:path'
import { mailboxAddress } from './networkParsers.ts'
import { resolveDatabaseUrl } from './resolveDatabase.ts'
import { parseEnvFile, warnAboutUnknownNames } from './envFile.ts'
import { type MailService, resolveMailService } from './resolveMail.ts'
import { findProductionWarnings } from './productionWarnings.ts'
import type { ValuesOf } from './defineSetting.ts'
import { ConfigError, SettingsReader } from './settingsReader.ts'
import {
  databaseSettings,
  derivedSettings,
  settingNames,
  limitSettings,
  mailSettings,
  plainSettings,
} from './settings.ts'

export { ConfigError }

/** The parsed settings of the service. All lifetimes are in seconds. */
export type Config = Readonly<
  ValuesOf<typeof plainSettings> & {
    production: boolean
    /** The URL of the service, without a trailing slash. */
    baseUrl: string
    /** The absolute path of DATA_DIR. */
    dataDir: string
    /** SECRET_KEY. When it is undefined, the service uses the development key that it generates in dataDir. */
    secretKey: string | undefined
    /**
     * SECRET_KEY_PREVIOUS. The service still verifies and decrypts with these keys, but no longer signs or encrypts.
     */
    previousSecretKeys: readonly string[]
    /** The connection URL of the database. When it is undefined, the service uses the embedded database. */
    database: string | undefined
    mail: Readonly<MailService>
    mailFrom: string
    limits: Readonly<ValuesOf<typeof limitSettings>>
    jwtIssuer: string
    jwtAudience: string
    activateByGet: 'any' | 'json'
    /** `true` selects the built-in list, and a string is the absolute path of another list. */
    passwordBlockList: boolean | string
    trustedProxies: readonly string[]
    corsOrigins: readonly string[]
  }
>

/**
 * Reads all settings from the environment, and the settings that the environment lacks from the text of `.env`.
 * @throws ConfigError that lists the errors of all settings
 */
export function loadConfig(environment: Record<string, string | undefined>, envFile = '') {
  const file = parseEnvFile(envFile)
  // As in python-decouple, a value in the environment overrides the value in `.env`. An empty value in the
  // environment unsets the setting.
  const reader = new SettingsReader((name) => environment[name] ?? file.get(name))
  const config = assemble(reader)
  if (reader.errors.length > 0) throw new ConfigError(reader.errors)
  return { config, warnings: [...warnAboutUnknownNames(file.keys(), settingNames), ...reader.warnings] }
}

function assemble(reader: SettingsReader): Config {
  const values = reader.read(plainSettings)
  const { environment, secretKey, previousSecretKeys = [], ...others } = reader.read(derivedSettings)
  const mailValues = reader.read(mailSettings)
  const production = environment === 'production'
  const baseUrl = others.baseUrl ?? defaultBaseUrl(values.port)
  checkSecretKey(secretKey, production, reader)
  for (const key of previousSecretKeys) checkStrength(derivedSettings.previousSecretKeys, key, production, reader)
  const config = Object.freeze({
    ...values,
    production,
    baseUrl,
    dataDir: resolve(others.dataDir),
    secretKey,
    previousSecretKeys: Object.freeze(previousSecretKeys),
    database: resolveDatabaseUrl(reader.read(databaseSettings), reader, databaseSettings),
    mail: Object.freeze(resolveMailService(mailValues, reader, mailSettings)),
    mailFrom: mailValues.from ?? mailboxAddress(mailValues.user ?? '') ?? `noreply@${new URL(baseUrl).hostname}`,
    limits: Object.freeze(reader.read(limitSettings)),
    jwtIssuer: others.jwtIssuer ?? baseUrl,
    jwtAudience: others.jwtAudience ?? baseUrl,
    activateByGet: others.activateByGet ?? (production ? 'json' : 'any'),
    passwordBlockList: others.passwordBlockList ?? production,
    trustedProxies: Object.freeze([...(others.trustedProxies ?? [])]),
    corsOrigins: Object.freeze([...(others.corsOrigins ?? [])]),
  })
  if (production) reader.warnings.push(...findProductionWarnings(config, reader.isSet(derivedSettings.baseUrl)))
  return config
}

const defaultBaseUrl = (port: number) => `http://localhost:${port}`

/**
 * Returns the configuration with the port on which the service listens. PORT=0 lets the system choose the port, and
 * the default URLs contain port 0 before this call.
 */
export function withPort(config: Config, port: number): Config {
  const replacePort = (url: string) => (url === defaultBaseUrl(0) ? defaultBaseUrl(port) : url)
  const { baseUrl, jwtIssuer, jwtAudience } = config
  return Object.freeze({
    ...config,
    port,
    baseUrl: replacePort(baseUrl),
    jwtIssuer: replacePort(jwtIssuer),
    jwtAudience: replacePort(jwtAudience),
  })
}

function checkSecretKey(key: string | undefined, production: boolean, reader: SettingsReader) {
  if (key !== undefined) checkStrength(derivedSettings.secretKey, key, production, reader)
  else if (production)
    reader.addError(derivedSettings.secretKey, 'is missing: in production, generate a random text once and set it')
}

/**
 * Checks the current key and the previous keys. The service still accepts signatures of the previous keys, so
 * previous keys must be as strong as the current key.
 */
function checkStrength(
  setting: { name: string; example: string },
  key: string,
  production: boolean,
  reader: SettingsReader,
) {
  const weakness = weaknessOf(key)
  if (weakness === undefined) return
  if (production)
    reader.addError(setting, `is weak: ${weakness}; in production, generate a random text once and set it`)
  else
    reader.warnings.push(
      `${setting.name} is weak: ${weakness}. The service does not start with it when NODE_ENV is production.`,
    )
}

function weaknessOf(key: string) {
  if (key.length < 32) return 'it has fewer than 32 characters'
  if (new Set(key).size < 10) return 'it has fewer than 10 different characters'
  if (key.startsWith('django-insecure-')) return 'Django generated it for development'
  return undefined
}
