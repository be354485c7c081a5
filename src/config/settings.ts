/**
 * The table of all settings. To add a setting, add a line to its group here and a line to .env.example. The values of
 * `plainSettings` are in Config under the same key. A setting without a fixed default is `optional`, and config.ts
 * decides what happens when it is not set.
 */
import { baseUrl, databaseHost, host, mailbox, origins, productPage, proxies } from './networkParsers.ts'
import { databaseUrl } from './databaseUrl.ts'
import { type Setting, type SettingsTable, fileSettingName, optional, secret, setting } from './defineSetting.ts'
import {
  boolean,
  choice,
  choices,
  duration,
  integer,
  limit,
  list,
  name,
  port,
  processes,
  switchOrFile,
  text,
} from './valueParsers.ts'

/** The settings whose values Config has under the same key. */
export const plainSettings = {
  host: setting('HOST', host('127.0.0.1'), '127.0.0.1'),
  port: setting('PORT', integer(0, 65_535, '8000'), '8000'),
  workers: setting('WORKERS', processes(64, '2'), '1'),
  metricsPort: optional('METRICS_PORT', integer(0, 65_535, '9464')),
  preparedStatements: setting('DATABASE_PREPARED_STATEMENTS', boolean, 'on'),
  accessTokenLifetime: setting('ACCESS_TOKEN_LIFETIME', duration('5m'), '5m'),
  refreshTokenLifetime: setting('REFRESH_TOKEN_LIFETIME', duration('1d'), '1d'),
  refreshGrace: setting('REFRESH_GRACE', duration('30s'), '30s'),
  sessionLifetime: setting('SESSION_LIFETIME', duration('30d'), '30d'),
  // NIST SP 800-63B requires at least 8, and passwords of 64 characters must be accepted.
  passwordMinLength: setting('PASSWORD_MIN_LENGTH', integer(8, 64, '15'), '8'),
  userIdClaim: setting('USER_ID_CLAIM', choice('id', 'legacy'), 'id'),
  loginLogRetention: setting('LOGIN_LOG_RETENTION', duration('365d'), '365d'),
  maxSessions: setting('MAX_SESSIONS', integer(1, 10_000, '100'), '100'),
  keepAlive: setting('KEEP_ALIVE', duration('75s', { max: 86_400 }), '75s'),
  docs: setting('DOCS', boolean, 'on'),
  productName: optional('PRODUCT_NAME', name),
  productUrl: optional('PRODUCT_URL', productPage('https://app.example.com')),
  termsUrl: optional('TERMS_URL', productPage('https://app.example.com/terms')),
  privacyUrl: optional('PRIVACY_URL', productPage('https://app.example.com/privacy')),
  hstsIncludeSubdomains: setting('HSTS_INCLUDE_SUBDOMAINS', boolean, 'off'),
  rateLimits: setting('RATE_LIMITS', boolean, 'on'),
  logLevel: setting('LOG_LEVEL', choice('info', 'trace', 'debug', 'warn', 'error', 'fatal', 'silent'), 'info'),
}

/**
 * The settings that config.ts adds to Config, because their defaults depend on other settings or their values need
 * more checks.
 */
export const derivedSettings = {
  environment: setting('NODE_ENV', choice('production', 'development', 'test'), 'development'),
  secretKey: secret('SECRET_KEY', text(`node -e "console.log(require('crypto').randomBytes(48).toString('base64'))"`)),
  djangoSigningKey: secret('DJANGO_SIGNING_KEY', text('the SECRET_KEY of the Django project')),
  previousSecretKeys: secret('SECRET_KEY_PREVIOUS', list(text('the SECRET_KEY before this one'))),
  baseUrl: optional('HOST_FOR_SEND_MAIL', baseUrl),
  dataDir: setting('DATA_DIR', text('/var/lib/gatehouse'), 'data'),
  pagesDir: optional('PAGES_DIR', text('/etc/gatehouse/pages')),
  jwtIssuer: optional('JWT_ISSUER', text('https://accounts.example.com')),
  accessTokenClaims: optional('ACCESS_TOKEN_CLAIMS', choices('email', 'language', 'roles')),
  jwtAudience: optional('JWT_AUDIENCE', text('https://api.example.com')),
  shutdownDelay: optional('SHUTDOWN_DELAY', duration('5s', { min: 0, max: 300 })),
  activateByGet: optional('ACTIVATE_BY_GET', choice('json', 'any')),
  passwordBlockList: optional('PASSWORD_BLOCK_LIST', switchOrFile),
  trustedProxies: optional('TRUSTED_PROXIES', proxies),
  corsOrigins: optional('CORS_ORIGINS', origins),
}

/** The settings of Config.limits. Each one is a number of attempts in a window of time. */
export const limitSettings = {
  signIn: setting('LIMIT_SIGN_IN', limit('10/15m'), '10/15m'),
  signInAccount: setting('LIMIT_SIGN_IN_ACCOUNT', limit('100/1h'), '100/1h'),
  signInNetwork: setting('LIMIT_SIGN_IN_NETWORK', limit('100/10m'), '100/10m'),
  signInSuccess: setting('LIMIT_SIGN_IN_SUCCESS', limit('60/1h'), '60/1h'),
  registration: setting('LIMIT_REGISTRATION', limit('20/1h'), '20/1h'),
  recovery: setting('LIMIT_RECOVERY', limit('60/1h'), '60/1h'),
  refresh: setting('LIMIT_REFRESH', limit('60/1m'), '60/1m'),
  passwordChange: setting('LIMIT_PASSWORD_CHANGE', limit('5/1h'), '5/1h'),
  emailChangeHour: setting('LIMIT_EMAIL_CHANGE_HOUR', limit('3/1h'), '3/1h'),
  emailChangeDay: setting('LIMIT_EMAIL_CHANGE_DAY', limit('10/1d'), '10/1d'),
  newDeviceMails: setting('LIMIT_NEW_DEVICE_MAILS', limit('5/1h'), '5/1h'),
  mailsHour: setting('LIMIT_MAILS_HOUR', limit('5/1h'), '5/1h'),
  mailsDay: setting('LIMIT_MAILS_DAY', limit('20/1d'), '20/1d'),
}

/** The settings that resolveDatabase.ts combines to one connection URL. */
export const databaseSettings = {
  url: secret('DATABASE_URL', databaseUrl),
  directUrl: secret('DATABASE_DIRECT_URL', databaseUrl),
  name: optional('DB_NAME', text('gatehouse')),
  user: optional('DB_USER', text('gatehouse')),
  password: secret('DB_PASSWORD', text("the database user's password")),
  host: optional('DB_HOST', databaseHost),
  port: optional('DB_PORT', port('5432')),
}

/** The settings that resolveMail.ts combines to one description of the mail service. */
export const mailSettings = {
  backend: optional(
    'EMAIL_BACKEND',
    choice(
      'django.core.mail.backends.smtp.EmailBackend',
      'django.core.mail.backends.console.EmailBackend',
      'django.core.mail.backends.filebased.EmailBackend',
    ),
  ),
  host: optional('EMAIL_HOST', host('smtp.example.com')),
  port: optional('EMAIL_PORT', port('587')),
  useTls: setting('EMAIL_USE_TLS', boolean, 'off'),
  useSsl: setting('EMAIL_USE_SSL', boolean, 'off'),
  user: optional('EMAIL_HOST_USER', text('accounts@example.com')),
  password: secret('EMAIL_HOST_PASSWORD', text("the mail account's password")),
  from: optional('DEFAULT_FROM_EMAIL', mailbox),
}

const tables: readonly SettingsTable[] = [plainSettings, derivedSettings, limitSettings, databaseSettings, mailSettings]

export const allSettings: readonly Setting<unknown>[] = tables.flatMap((table) => Object.values(table))

/** The variables that only the command createsuperuser reads. */
const commandSettingNames = ['DJANGO_SUPERUSER_EMAIL', 'DJANGO_SUPERUSER_PASSWORD']

const fileSettingNames = allSettings.filter(({ mayBeInFile }) => mayBeInFile).map(({ name }) => fileSettingName(name))

export const settingNames: readonly string[] = [
  ...allSettings.map(({ name }) => name),
  ...fileSettingNames,
  ...commandSettingNames,
]
