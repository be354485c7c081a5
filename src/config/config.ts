/** The configuration: all settings, parsed, checked and with their defaults, in one frozen object. */
import { resolve } from 'node:path'
import { mailboxAddress, nameMailbox } from './networkParsers.ts'
import { resolveDatabaseUrl } from './resolveDatabase.ts'
import { parseEnvFile, warnAboutUnknownNames } from './envFile.ts'
import { type MailService, resolveMailService } from './resolveMail.ts'
import { checkSecretKeys } from './secretKeys.ts'
import { findDatabaseWarnings, findServiceWarnings } from './productionWarnings.ts'
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
    /** The absolute path of PAGES_DIR. */
    pagesDir: string | undefined
    /** SECRET_KEY. When it is undefined, the service uses the development key that it generates in dataDir. */
    secretKey: string | undefined
    /**
     * SECRET_KEY_PREVIOUS. The service still verifies and decrypts with these keys, but no longer signs or encrypts.
     */
    previousSecretKeys: readonly string[]
    /** DJANGO_SIGNING_KEY, by which refresh tokens of simplejwt are verified. */
    djangoSigningKey: string | undefined
    /** The connection URL of the database. When it is undefined, the service uses the embedded database. */
    database: string | undefined
    /** The URL that leads past a pooler to the database. */
    directDatabase: string | undefined
    mail: Readonly<MailService>
    /** The sender. If DEFAULT_FROM_EMAIL has no name, the name is PRODUCT_NAME. */
    mailFrom: string
    limits: Readonly<ValuesOf<typeof limitSettings>>
    jwtIssuer: string
    jwtAudience: string
    accessTokenClaims: readonly ('email' | 'language' | 'roles')[]
    activateByGet: 'any' | 'json'
    /** The time for which the service still accepts connections after a signal to stop. */
    shutdownDelay: number
    /** `true` selects the built-in list, and a string is the absolute path of another list. */
    passwordBlockList: boolean | string
    trustedProxies: readonly string[]
    corsOrigins: readonly string[]
  }
>

/** The purpose for which the settings are read. A command requires neither SECRET_KEY nor settings about mail. */
export type Purpose = 'service' | 'command'

/**
 * Reads all settings from the environment, and the settings that the environment lacks from the text of `.env`.
 * @throws ConfigError that lists the errors of all settings
 */
export function loadConfig(
  environment: Record<string, string | undefined>,
  envFile = '',
  purpose: Purpose = 'service',
) {
  const file = parseEnvFile(envFile)
  // As in python-decouple, a value in the environment overrides the value in `.env`. An empty value in the
  // environment unsets the setting.
  const reader = new SettingsReader((name) => environment[name] ?? file.get(name))
  const config = assemble(reader, purpose)
  if (reader.errors.length > 0) throw new ConfigError(reader.errors, config.production)
  const warnings = [...warnAboutUnknownNames(file.keys(), settingNames), ...reader.warnings]
  return { config, warnings: purpose === 'service' ? [...warnings, ...reader.serviceWarnings] : warnings }
}

function assemble(reader: SettingsReader, purpose: Purpose): Config {
  const values = reader.read(plainSettings)
  const { environment, secretKey, previousSecretKeys = [], ...others } = reader.read(derivedSettings)
  const mailValues = reader.read(mailSettings)
  const databaseValues = reader.read(databaseSettings)
  const production = environment === 'production'
  const isService = purpose === 'service'
  const baseUrl = others.baseUrl ?? defaultBaseUrl(values.port)
  checkSecretKeys({ key: secretKey, previousKeys: previousSecretKeys, production, isService }, reader)
  if (production && isService && !reader.isSet(derivedSettings.baseUrl))
    reader.addError(derivedSettings.baseUrl, 'is missing: in production, set it to the public URL of the service')
  const mailFrom = mailValues.from ?? mailboxAddress(mailValues.user ?? '') ?? `noreply@${new URL(baseUrl).hostname}`
  const config = Object.freeze({
    ...values,
    production,
    baseUrl,
    dataDir: resolve(others.dataDir),
    pagesDir: others.pagesDir === undefined ? undefined : resolve(others.pagesDir),
    secretKey,
    previousSecretKeys: Object.freeze(previousSecretKeys),
    djangoSigningKey: others.djangoSigningKey,
    database: resolveDatabaseUrl(databaseValues, reader, databaseSettings),
    directDatabase: databaseValues.directUrl,
    mail: Object.freeze(resolveMailService(mailValues, reader, mailSettings)),
    mailFrom: nameMailbox(mailFrom, values.productName),
    limits: Object.freeze(reader.read(limitSettings)),
    jwtIssuer: others.jwtIssuer ?? baseUrl,
    jwtAudience: others.jwtAudience ?? baseUrl,
    accessTokenClaims: Object.freeze(others.accessTokenClaims ?? []),
    activateByGet: others.activateByGet ?? (production ? 'json' : 'any'),
    shutdownDelay: others.shutdownDelay ?? (production ? 5 : 0),
    passwordBlockList: others.passwordBlockList ?? production,
    trustedProxies: Object.freeze([...(others.trustedProxies ?? [])]),
    corsOrigins: Object.freeze([...(others.corsOrigins ?? [])]),
  })
  if (production) {
    reader.warnings.push(...findDatabaseWarnings(config))
    reader.serviceWarnings.push(...findServiceWarnings(config))
  }
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
