import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { ConfigError, loadConfig } from '../../src/config/config.ts'
import { parseEnvFile } from '../../src/config/envFile.ts'
import { allSettings, settingNames } from '../../src/config/settings.ts'

type Environment = Record<string, string>

const strongKey = 'kX9vQ2mZ7pL4wR8tB1nC6yH3dF5gJ0sA+/='
const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')
const backend = (name: string) => ({ EMAIL_BACKEND: `django.core.mail.backends.${name}.EmailBackend` })

const configOf = (environment: Environment) => loadConfig(environment).config
const warningsOf = (environment: Environment, envFile?: string) => loadConfig(environment, envFile).warnings

function errorOf(environment: Environment, envFile?: string) {
  try {
    loadConfig(environment, envFile)
  } catch (error) {
    assert(error instanceof ConfigError)
    return error
  }
  assert.fail(`no error in ${JSON.stringify(environment)}`)
}

/** Shortens an environment for a test title: without passwords, prefixes of names and paths of mail backends. */
function summarize(environment: Environment) {
  const entries = Object.entries(environment).filter(([name]) => name !== 'EMAIL_HOST_PASSWORD')
  return shorten(
    entries
      .map(([name, value]) => `${name.replace('EMAIL_', '')}=${value.replace(/^django.*backends\./, '')}`)
      .join(' '),
  )
}

const shorten = (text: string) => (text.length > 40 ? `${text.slice(0, 39)}…` : text)

const wrongNames = (environment: Environment) => errorOf(environment).errors.map(({ name }) => name)

function mailOf(environment: Environment) {
  const { mail } = configOf(environment)
  if (mail.kind !== 'smtp') return mail.kind
  return `${mail.host}:${mail.port}${mail.secure ? ' secure' : ''}${mail.requireTls ? ' starttls' : ''}`
}

describe('loadConfig: defaults', () => {
  it('has a default for every setting', () => {
    assert.deepEqual(loadConfig({}), {
      warnings: [],
      config: {
        production: false,
        host: '127.0.0.1',
        port: 8000,
        baseUrl: 'http://localhost:8000',
        dataDir: resolve('data'),
        secretKey: undefined,
        previousSecretKeys: [],
        database: undefined,
        directDatabase: undefined,
        preparedStatements: true,
        mail: { kind: 'console' },
        mailFrom: 'noreply@localhost',
        accessTokenLifetime: 300,
        refreshTokenLifetime: 86_400,
        refreshGrace: 30,
        sessionLifetime: 2_592_000,
        loginLogRetention: 31_536_000,
        maxSessions: 100,
        userIdClaim: 'id',
        djangoSigningKey: undefined,
        keepAlive: 75,
        docs: true,
        productName: undefined,
        productUrl: undefined,
        termsUrl: undefined,
        privacyUrl: undefined,
        pagesDir: undefined,
        workers: 1,
        metricsPort: undefined,
        hstsIncludeSubdomains: false,
        rateLimits: true,
        limits: {
          signIn: { count: 10, window: 900 },
          signInAccount: { count: 100, window: 3600 },
          signInNetwork: { count: 100, window: 600 },
          signInSuccess: { count: 60, window: 3600 },
          registration: { count: 20, window: 3600 },
          recovery: { count: 60, window: 3600 },
          refresh: { count: 60, window: 60 },
          passwordChange: { count: 5, window: 3600 },
          emailChangeHour: { count: 3, window: 3600 },
          emailChangeDay: { count: 10, window: 86_400 },
          newDeviceMails: { count: 5, window: 3600 },
          mailsHour: { count: 5, window: 3600 },
          mailsDay: { count: 20, window: 86_400 },
        },
        jwtIssuer: 'http://localhost:8000',
        jwtAudience: 'http://localhost:8000',
        accessTokenClaims: [],
        activateByGet: 'any',
        shutdownDelay: 0,
        passwordMinLength: 8,
        passwordBlockList: false,
        trustedProxies: [],
        corsOrigins: [],
        logLevel: 'info',
      },
    })
  })

  it('treats an empty value like a missing one', () => {
    const empty = Object.fromEntries(settingNames.map((name) => [name, '']))
    assert.deepEqual(loadConfig(empty), loadConfig({}))
  })

  it('returns an object that can be sent to another process', () => {
    const { config } = loadConfig({ TRUSTED_PROXIES: 'loopback', CORS_ORIGINS: 'https://a.example' })
    assert.deepEqual(structuredClone(config), config)
  })

  it('returns a frozen object', () => {
    const config = configOf({ TRUSTED_PROXIES: 'loopback', CORS_ORIGINS: 'https://a', SECRET_KEY_PREVIOUS: strongKey })
    for (const each of [config, config.mail, config.trustedProxies, config.corsOrigins, config.previousSecretKeys])
      assert(Object.isFrozen(each))
  })

  it('derives the defaults of some settings from other settings', () => {
    assert.equal(configOf({ PORT: '9000' }).baseUrl, 'http://localhost:9000')
    const config = configOf({ HOST_FOR_SEND_MAIL: 'https://accounts.example.com/auth/', JWT_AUDIENCE: 'shop' })
    assert.equal(config.baseUrl, 'https://accounts.example.com/auth')
    assert.equal(config.jwtIssuer, config.baseUrl)
    assert.equal(config.jwtAudience, 'shop')
    assert.equal(config.mailFrom, 'noreply@accounts.example.com')
    const [PRODUCT_NAME, DEFAULT_FROM_EMAIL] = ['Shop', 'Accounts <noreply@example.com>']
    assert.equal(configOf({ PRODUCT_NAME, DEFAULT_FROM_EMAIL }).mailFrom, DEFAULT_FROM_EMAIL)
  })
})

describe('loadConfig: values of settings', () => {
  const good: [name: string, value: string, key: keyof ReturnType<typeof configOf>, expected: unknown][] = [
    ['PORT', '0', 'port', 0],
    ['HOST', '::', 'host', '::'],
    ['HOST', '0.0.0.0', 'host', '0.0.0.0'],
    ['ACCESS_TOKEN_LIFETIME', '90', 'accessTokenLifetime', 90],
    ['REFRESH_GRACE', '1s', 'refreshGrace', 1],
    ['REFRESH_TOKEN_LIFETIME', '12h', 'refreshTokenLifetime', 43_200],
    ['SESSION_LIFETIME', '3650d', 'sessionLifetime', 315_360_000],
    ['LOGIN_LOG_RETENTION', '90d', 'loginLogRetention', 7_776_000],
    ['SECRET_KEY_PREVIOUS', ` ${strongKey} , another`, 'previousSecretKeys', [strongKey, 'another']],
    ['ACTIVATE_BY_GET', 'json', 'activateByGet', 'json'],
    ['LOG_LEVEL', 'DEBUG', 'logLevel', 'debug'],
    ['PASSWORD_MIN_LENGTH', '15', 'passwordMinLength', 15],
    ['PASSWORD_BLOCK_LIST', 'On', 'passwordBlockList', true],
    ['PASSWORD_BLOCK_LIST', '0', 'passwordBlockList', false],
    ['PASSWORD_BLOCK_LIST', 'some/list.txt', 'passwordBlockList', resolve('some/list.txt')],
    ['RATE_LIMITS', 'off', 'rateLimits', false],
    ['DATA_DIR', '/var/lib/gatehouse', 'dataDir', '/var/lib/gatehouse'],
    ['DATA_DIR', 'some/where', 'dataDir', resolve('some/where')],
    ['HOST_FOR_SEND_MAIL', 'http://localhost:8000', 'baseUrl', 'http://localhost:8000'],
    ['HOST_FOR_SEND_MAIL', 'https://example.com//', 'baseUrl', 'https://example.com'],
    [
      'HOST_FOR_SEND_MAIL',
      'https://example.com/a%20b/../вход/',
      'baseUrl',
      'https://example.com/%D0%B2%D1%85%D0%BE%D0%B4',
    ],
    ['HOST_FOR_SEND_MAIL', 'https://аккаунты.рф', 'baseUrl', 'https://xn--80aa3aaq4af0e.xn--p1ai'],
    ['KEEP_ALIVE', '1d', 'keepAlive', 86_400],
    ['SHUTDOWN_DELAY', '0', 'shutdownDelay', 0],
    ['SHUTDOWN_DELAY', '5m', 'shutdownDelay', 300],
    ['DOCS', 'off', 'docs', false],
    ['PRODUCT_NAME', 'Пример & Ко', 'productName', 'Пример & Ко'],
    ['PRODUCT_URL', 'https://app.example.com', 'productUrl', 'https://app.example.com/'],
    ['TERMS_URL', 'https://example.com/terms', 'termsUrl', 'https://example.com/terms'],
    ['PRIVACY_URL', 'https://example.com/privacy?lang=en', 'privacyUrl', 'https://example.com/privacy?lang=en'],
    ['PRODUCT_URL', 'https://example.com/shop?ref=mail', 'productUrl', 'https://example.com/shop?ref=mail'],
    ['METRICS_PORT', '9464', 'metricsPort', 9464],
    ['WORKERS', '64', 'workers', 64],
    ['WORKERS', 'auto', 'workers', Math.min(availableParallelism(), 64)],
    [
      'TRUSTED_PROXIES',
      'loopback, 10.0.0.0/8,::1 fc00::/7',
      'trustedProxies',
      ['loopback', '10.0.0.0/8', '::1', 'fc00::/7'],
    ],
    ['TRUSTED_PROXIES', 'linklocal,uniquelocal', 'trustedProxies', ['linklocal', 'uniquelocal']],
    [
      'CORS_ORIGINS',
      'https://app.example.com, http://localhost:3000,http://[::1]:3000,https://xn--e1afmkfd.example',
      'corsOrigins',
      ['https://app.example.com', 'http://localhost:3000', 'http://[::1]:3000', 'https://xn--e1afmkfd.example'],
    ],
    ['DEFAULT_FROM_EMAIL', '"Gate, the" <no-reply@example.com>', 'mailFrom', '"Gate, the" <no-reply@example.com>'],
    ['DEFAULT_FROM_EMAIL', 'Gatehouse <no-reply@example.com>', 'mailFrom', 'Gatehouse <no-reply@example.com>'],
    ['DEFAULT_FROM_EMAIL', 'webmaster@localhost', 'mailFrom', 'webmaster@localhost'],
    ['EMAIL_HOST_USER', 'me@example.com', 'mailFrom', 'me@example.com'],
    ['EMAIL_HOST_USER', 'apikey', 'mailFrom', 'noreply@localhost'],
    ['PRODUCT_NAME', 'The "Shop", <a@b>', 'mailFrom', '"The \\"Shop\\", <a@b>" <noreply@localhost>'],
    ['PAGES_DIR', 'pages', 'pagesDir', resolve('pages')],
  ]
  for (const [name, value, key, expected] of good) {
    it(`reads ${name}=${shorten(value)}`, () => {
      assert.deepEqual(configOf({ [name]: value })[key], expected)
    })
  }

  it('refuses DATABASE_DIRECT_URL without DATABASE_URL', () => {
    const [direct, pooled] = ['postgres://u:p@db:5432/g', 'postgres://u:p@pooler:6432/g']
    assert.match(errorOf({ DATABASE_DIRECT_URL: direct }).message, /DATABASE_DIRECT_URL has no effect alone/)
    const config = configOf({ DATABASE_DIRECT_URL: direct, DATABASE_URL: pooled })
    assert.deepEqual([config.directDatabase, config.database], [direct, pooled])
  })

  it('accepts the same boolean values as python-decouple', () => {
    const read = (word: string) => configOf({ DATABASE_PREPARED_STATEMENTS: word }).preparedStatements
    for (const word of ['true', 'Yes', 'ON', '1', 'y', 'T']) assert.equal(read(word), true, word)
    for (const word of ['false', 'No', 'OFF', '0', 'n', 'F']) assert.equal(read(word), false, word)
  })

  const bad: Record<string, string[]> = {
    PORT: ['65536', '-1', '80.5', '0x50', 'http', '8000 '],
    HOST: ['http://localhost', '127.0.0.1:8000', '[::1]', '*', 'a b', 'a/b'],
    NODE_ENV: ['prod'],
    SECRET_KEY_PREVIOUS: [',', 'a,', ',a', 'a,,b', 'a\nb'],
    LOGIN_LOG_RETENTION: ['0', '1y'],
    ACCESS_TOKEN_LIFETIME: ['0', '0s', '-5m', '1.5h', '5 m', '5M', 'soon', '3651d', '1w', '99999999999'],
    DATABASE_PREPARED_STATEMENTS: ['maybe', '2', 'on '],
    ACTIVATE_BY_GET: ['never'],
    LOG_LEVEL: ['verbose'],
    PASSWORD_BLOCK_LIST: ['a\nb'],
    RATE_LIMITS: ['some'],
    PASSWORD_MIN_LENGTH: ['7', '65', 'long'],
    HOST_FOR_SEND_MAIL: [
      ...['example.com', 'localhost:8000', '//example.com', 'ftp://example.com', 'https://', 'https:example.com'],
      ...['https://example.com//x', 'https://example.com/x//y/', 'https://example.com/.//x', 'https://example.com/a;b'],
      ...['https://example.com?a=1', 'https://example.com/#a', 'https://me:pw@example.com', 'https://exa mple.com'],
    ],
    KEEP_ALIVE: ['0', '2d', '86401'],
    SHUTDOWN_DELAY: ['6m', '301', 'off'],
    DOCS: ['maybe'],
    PRODUCT_NAME: ['a\nb', 'a\u202eb', 'a'.repeat(61)],
    PRODUCT_URL: ['app.example.com', 'javascript:alert(1)', 'https://me:pw@app.example.com', 'https://a b'],
    TERMS_URL: ['/terms', 'javascript:alert(1)', 'https://me:pw@app.example.com/terms'],
    PRIVACY_URL: ['privacy', 'ftp://app.example.com/privacy'],
    METRICS_PORT: ['-1', '65536', 'on'],
    WORKERS: ['0', '65', '-1', '1.5', 'all', 'auto2'],
    JWT_ISSUER: ['a\nb'],
    TRUSTED_PROXIES: ['1', 'true', '*', 'example.com', '10.0.0.0/33', '10.0.0.0/', 'fc00::/0', 'loopback 300.1.1.1'],
    // Each of these values would allow no origin, or every origin (security 74).
    CORS_ORIGINS: [
      ...[
        '*',
        'null',
        'app.example.com',
        '//app.example.com',
        'https://',
        'ftp://app.example.com',
        'https://*.example.com',
      ],
      ...[
        'https://app.example.com/',
        'https://app.example.com/a',
        'https://app.example.com?a',
        'https://app.example.com#a',
      ],
      ...['https://app.example.com:443', 'http://localhost:80', 'https://App.example.com', 'HTTPS://app.example.com'],
      ...[
        'https://me@app.example.com',
        'https://пример.example',
        'https://app.example.com https://b.example',
        'https://a:0x50',
      ],
      ...[
        'https://app.example.com,',
        'https://app.example.com,*',
        'https://app.example.com,null',
        'https://1',
        'https://a\nb',
      ],
    ],
    DEFAULT_FROM_EMAIL: [
      ...['nobody', 'a@b.example, c@d.example', 'Team: a@b.example;', 'a@b.example\r\nBcc: c@d.example', 'Name <>'],
    ],
    DB_PORT: ['0', 'five'],
    DB_HOST: ['db:5432', 'postgres://db'],
    DATABASE_URL: [
      ...['mysql://localhost/a', 'localhost/a', 'postgres:localhost', 'postgres://u:a#b@h/d', 'postgres://u:50%@h/d'],
      ...['postgres://u:p/q@h/d', 'postgres://h/d?sslmode=prefer'],
    ],
    EMAIL_BACKEND: ['smtp', 'django.core.mail.backends.locmem.EmailBackend'],
    EMAIL_HOST: ['smtp.example.com:587', 'smtp://example.com'],
    EMAIL_PORT: ['0', 'smtp'],
    EMAIL_USE_TLS: ['starttls'],
  }
  for (const [name, values] of Object.entries(bad)) {
    it(`refuses wrong values of ${name}`, () => {
      for (const value of values) {
        const { errors, message } = errorOf({ [name]: value })
        const error = errors.find((each) => each.name === name)
        assert(error, value)
        assert(error.problem && error.example)
        assert(message.includes(`${name} ${error.problem}`) && message.includes(error.example))
      }
    })
  }

  it('has a valid example for every setting, which its error message shows', () => {
    for (const one of allSettings) assert.doesNotThrow(() => one.parse(one.example), one.name)
  })

  it('reports the errors of all settings at once', () => {
    const environment = { PORT: 'x', LOG_LEVEL: 'x', DB_NAME: 'x', NODE_ENV: 'production', EMAIL_PORT: 'x' }
    const missing = ['SECRET_KEY', 'HOST_FOR_SEND_MAIL', 'DB_USER', 'DB_PASSWORD', 'DB_HOST', 'DB_PORT']
    const names = ['PORT', 'LOG_LEVEL', 'EMAIL_PORT', ...missing]
    assert.deepEqual(wrongNames(environment), names)
    for (const name of names) assert(errorOf(environment).message.includes(`  ${name} `))
  })

  it('reports in the error whether NODE_ENV is production', () => {
    for (const name of ['production', 'development'])
      assert.equal(errorOf({ PORT: 'x', NODE_ENV: name }).production, name === 'production')
  })

  it('suggests https:// for a base URL without a scheme', () => {
    const [error] = errorOf({ HOST_FOR_SEND_MAIL: 'example.com' }).errors
    assert.equal(error?.example, 'https://accounts.example.com')
  })
})

const production = {
  NODE_ENV: 'production',
  HOST_FOR_SEND_MAIL: 'https://a.example',
  DATABASE_URL: 'postgres://localhost/d',
  EMAIL_HOST: 'smtp.example.com',
  EMAIL_USE_TLS: 'on',
}

describe('loadConfig: secrets', () => {
  describe('weak secrets in production (security 50)', () => {
    it('are refused as SECRET_KEY', () => {
      const insecure = `django-insecure-${strongKey}`
      for (const key of ['', 'short', strongKey.slice(0, 31), 'abcabcabc'.repeat(9), insecure]) {
        const { errors, message } = errorOf({ ...production, SECRET_KEY: key })
        assert.deepEqual(errors.map(({ name }) => name), ['SECRET_KEY']) // prettier-ignore
        assert.match(message, /node -e "console\.log/)
        assert(!key || !message.includes(key))
      }
      const { config, warnings } = loadConfig({ ...production, SECRET_KEY: strongKey })
      assert.deepEqual(warnings, [])
      assert.equal(config.production, true)
      assert.equal(config.secretKey, strongKey)
      assert.equal(config.activateByGet, 'json')
      assert.equal(configOf({ ...production, SECRET_KEY: strongKey, ACTIVATE_BY_GET: 'any' }).activateByGet, 'any')
    })

    it('are refused as SECRET_KEY_PREVIOUS', () => {
      const environment = { ...production, SECRET_KEY: strongKey }
      for (const keys of ['short', `${strongKey},short`, `django-insecure-${strongKey}`]) {
        const { errors, message } = errorOf({ ...environment, SECRET_KEY_PREVIOUS: keys })
        assert.deepEqual(errors.map(({ name }) => name), ['SECRET_KEY_PREVIOUS']) // prettier-ignore
        assert(!message.includes(keys))
      }
      const { config, warnings } = loadConfig({ ...environment, SECRET_KEY_PREVIOUS: `${strongKey}1,${strongKey}2` })
      assert.deepEqual(warnings, [])
      assert.deepEqual(config.previousSecretKeys, [`${strongKey}1`, `${strongKey}2`])
    })
  })

  it('accepts weak secrets in development, with a warning', () => {
    for (const name of ['SECRET_KEY', 'SECRET_KEY_PREVIOUS']) {
      assert.match(warningsOf({ [name]: 'short' }).join(), new RegExp(`^${name} is weak`))
      assert.deepEqual(warningsOf({ [name]: strongKey }), [])
    }
    assert.equal(configOf({ SECRET_KEY: 'short' }).secretKey, 'short')
  })

  it('shows no secret in an error or a warning', () => {
    const canary = 'canary'
    const keys = { SECRET_KEY: canary, SECRET_KEY_PREVIOUS: `x,${canary}` }
    const secrets = { DB_PASSWORD: canary, EMAIL_HOST_PASSWORD: canary, ...keys, EMAIL_HOST_USER: 'x' }
    const urls = { DATABASE_URL: `postgres://u:${canary}#@h/d`, HOST_FOR_SEND_MAIL: `https://u:${canary}@example.com` }
    for (const each of [secrets, { ...secrets, NODE_ENV: 'production' }, urls, { SECRET_KEY: `${canary}\n` }]) {
      assert(!errorOf({ ...each, PORT: 'x' }).message.includes(canary))
    }
    assert(!warningsOf({ SECRET_KEY: canary }).join().includes(canary))
  })
})

describe('loadConfig in production', () => {
  describe('a warning of unsafe settings (security 111)', () => {
    const unsafe: [change: Environment, sentence: RegExp][] = [
      [{ HOST_FOR_SEND_MAIL: 'http://a.example' }, /^HOST_FOR_SEND_MAIL is without https: /],
      [{ EMAIL_HOST: '' }, /^Mails go to the console, not by SMTP: /],
      [backend('console'), /^Mails go to the console, not by SMTP: /],
      [backend('filebased'), /^Mails go to files in DATA_DIR, not by SMTP: /],
      [{ DATABASE_URL: '' }, /^The database is the embedded one/],
      [
        { DATABASE_URL: 'postgres://db.example.com/d' },
        /^The connections to the database cross a network in clear text: /,
      ],
      [
        { DATABASE_URL: 'postgres://192.0.2.1/d?sslmode=disable' },
        /^The connections to the database cross a network in clear text: /,
      ],
      [{ EMAIL_USE_TLS: 'off' }, /^Mails with codes may go to EMAIL_HOST in clear text, /],
      [{ RATE_LIMITS: 'off' }, /^RATE_LIMITS is off: /],
      [{ PASSWORD_BLOCK_LIST: 'off' }, /^PASSWORD_BLOCK_LIST is off: /],
    ]
    for (const [change, sentence] of unsafe) {
      it(`is returned for ${summarize(change)}, but not in development`, () => {
        const environment = { ...production, SECRET_KEY: strongKey, ...change }
        const warnings = warningsOf(environment)
        assert.equal(warnings.length, 1)
        assert.match(warnings[0] ?? '', sentence)
        assert.deepEqual(warningsOf({ ...environment, NODE_ENV: 'development' }), [])
      })
    }

    const safe: [what: string, change: Environment][] = [
      ['a database on a Unix socket', { DATABASE_URL: 'postgres://u@/d?host=/run/postgresql' }],
      ['a database on this machine', { DATABASE_URL: 'postgres://127.0.0.2/d' }],
      ['a database on this machine, by its IPv6 address', { DATABASE_URL: 'postgres://u@[::1]/d' }],
      [
        'a remote database with sslmode=verify-full',
        { DATABASE_URL: 'postgres://db.example.com/d?sslmode=verify-full' },
      ],
      ['a remote database with sslmode=require', { DATABASE_URL: 'postgres://db.example.com/d?sslmode=require' }],
      ['SMTP with implicit TLS', { EMAIL_USE_TLS: 'off', EMAIL_USE_SSL: 'on' }],
      ['an SMTP server on localhost', { EMAIL_USE_TLS: 'off', EMAIL_HOST: 'localhost' }],
      ['an SMTP server at 127.0.0.1', { EMAIL_USE_TLS: 'off', EMAIL_HOST: '127.0.0.1' }],
    ]
    for (const [what, change] of safe) {
      it(`is not returned for ${what}`, () => {
        assert.deepEqual(warningsOf({ ...production, SECRET_KEY: strongKey, ...change }), [])
      })
    }
  })

  describe('for a CLI command', () => {
    const commandWarnings = (environment: Environment) => loadConfig(environment, '', 'command').warnings
    const unset = { ...production, SECRET_KEY: strongKey, HOST_FOR_SEND_MAIL: '', EMAIL_HOST: '' }

    it('requires neither SECRET_KEY nor HOST_FOR_SEND_MAIL, unlike for the service', () => {
      const none = { ...unset, SECRET_KEY: '' }
      assert.deepEqual(wrongNames(none), ['SECRET_KEY', 'HOST_FOR_SEND_MAIL'])
      assert.equal(loadConfig(none, '', 'command').config.secretKey, undefined)
      assert.match(errorOf(unset).message, /HOST_FOR_SEND_MAIL is missing: .*\n {4}for example: https:/)
      assert.equal(loadConfig(unset, '', 'command').config.production, true)
    })

    it('does not warn about mail, rate limits or the block list of passwords', () => {
      assert.deepEqual(commandWarnings({ ...unset, RATE_LIMITS: 'off', PASSWORD_BLOCK_LIST: 'off' }), [])
      assert.deepEqual(commandWarnings({ ...unset, EMAIL_HOST_USER: 'apikey' }), [])
    })

    it('warns about an unencrypted connection to the database', () => {
      const [warning] = commandWarnings({ ...unset, DATABASE_URL: 'postgres://db.example.com/d' })
      assert.match(warning ?? '', /^The connections to the database cross a network in clear text: /)
    })
  })

  describe('SHUTDOWN_DELAY', () => {
    it('is 5 s by default in production', () => {
      const environment = { ...production, SECRET_KEY: strongKey }
      assert.equal(configOf(environment).shutdownDelay, 5)
      assert.equal(configOf({ ...environment, SHUTDOWN_DELAY: '0' }).shutdownDelay, 0)
    })
  })

  describe('PASSWORD_BLOCK_LIST (security 7)', () => {
    it('is on by default in production', () => {
      const environment = { ...production, SECRET_KEY: strongKey }
      assert.equal(configOf(environment).passwordBlockList, true)
      assert.equal(configOf({ ...environment, PASSWORD_BLOCK_LIST: 'off' }).passwordBlockList, false)
      assert.equal(configOf({ ...environment, NODE_ENV: 'test' }).passwordBlockList, false)
    })
  })
})

describe('loadConfig: the database', () => {
  const parts = { DB_NAME: 'app', DB_USER: 'me', DB_PASSWORD: 'pw', DB_HOST: 'db', DB_PORT: '5433' }

  const urls: [change: Environment, expected: string][] = [
    [{}, 'postgres://me:pw@db:5433/app'],
    [{ DB_PASSWORD: '@/:#% ?' }, 'postgres://me:%40%2F%3A%23%25%20%3F@db:5433/app'],
    [{ DB_USER: 'a@b', DB_NAME: 'a/b' }, 'postgres://a%40b:pw@db:5433/a%2Fb'],
    [{ DB_HOST: '::1' }, 'postgres://me:pw@%3A%3A1:5433/app'],
    [{ DB_HOST: '/var/run/postgresql' }, 'postgres://me:pw@%2Fvar%2Frun%2Fpostgresql:5433/app'],
    [{ DB_HOST: 'my_db-1' }, 'postgres://me:pw@my_db-1:5433/app'],
  ]
  for (const [change, expected] of urls) {
    it(`builds ${expected} from DB_*`, () => {
      assert.equal(configOf({ ...parts, ...change }).database, expected)
      assert.equal(new URL(expected).port, '5433')
    })
  }

  it('keeps DATABASE_URL unchanged', () => {
    for (const url of [
      'postgres://u:p@h:1/d?sslmode=require',
      'postgresql:///d?host=/run',
      'postgres://u:[1]@h/d',
      'postgres://u:p@[::1]:1/d',
    ]) {
      assert.equal(configOf({ DATABASE_URL: url }).database, url)
    }
  })

  it('names the missing DB_* settings if only some are set', () => {
    assert.deepEqual(wrongNames({ ...parts, DB_PASSWORD: '' }), ['DB_PASSWORD'])
    assert.deepEqual(wrongNames({ DB_HOST: 'db' }), ['DB_NAME', 'DB_USER', 'DB_PASSWORD', 'DB_PORT'])
    assert.match(errorOf({ ...parts, DB_PASSWORD: '' }).message, /DATABASE_URL.*without a password/)
  })

  it('ignores the DB_* settings if DATABASE_URL is set, and warns about it', () => {
    for (const others of [parts, { DB_NAME: 'app' }]) {
      const { config, warnings } = loadConfig({ DATABASE_URL: 'postgres://h/d', ...others })
      assert.equal(config.database, 'postgres://h/d')
      assert.match(warnings.join(), /^DATABASE_URL is used/)
    }
  })
})

describe('loadConfig: mail', () => {
  const gmail = { EMAIL_HOST_USER: 'me@gmail.com', EMAIL_HOST_PASSWORD: 'pw' }
  const host = { EMAIL_HOST: 'smtp.example.com' }
  const ssl = { EMAIL_USE_SSL: 'True' }
  const tls = { EMAIL_USE_TLS: 'True' }

  const services: [environment: Environment, expected: string][] = [
    [host, 'smtp.example.com:25'],
    [{ ...host, ...tls }, 'smtp.example.com:587 starttls'],
    [{ ...host, ...ssl }, 'smtp.example.com:465 secure'],
    [{ ...host, EMAIL_PORT: '465' }, 'smtp.example.com:465 secure'],
    [{ ...host, EMAIL_PORT: '465', EMAIL_USE_TLS: 'False', EMAIL_USE_SSL: 'False' }, 'smtp.example.com:465 secure'],
    [{ ...host, EMAIL_PORT: '2525' }, 'smtp.example.com:2525'],
    [{ ...host, EMAIL_PORT: '2525', ...tls }, 'smtp.example.com:2525 starttls'],
    [{ ...host, EMAIL_PORT: '2465', ...ssl }, 'smtp.example.com:2465 secure'],
    [{ ...host, ...gmail }, 'smtp.example.com:25'],
    [gmail, 'smtp.gmail.com:465 secure'],
    [{ ...gmail, ...tls }, 'smtp.gmail.com:587 starttls'],
    [{ ...gmail, EMAIL_PORT: '587' }, 'smtp.gmail.com:587 starttls'],
    [{ EMAIL_HOST_USER: 'me@Yandex.ru' }, 'smtp.yandex.ru:465 secure'],
    [{ EMAIL_HOST_USER: 'me@outlook.com' }, 'smtp-mail.outlook.com:587 starttls'],
    [{ ...gmail, ...backend('smtp') }, 'smtp.gmail.com:465 secure'],
    [{ ...gmail, ...backend('console') }, 'console'],
    [{ ...host, ...backend('filebased') }, 'file'],
    [backend('filebased'), 'file'],
  ]
  for (const [environment, expected] of services) {
    it(`connects to ${expected} for ${summarize(environment)}`, () => {
      assert.equal(mailOf(environment), expected)
      assert.deepEqual(warningsOf(environment), [])
    })
  }

  it('reads the user and the password for SMTP, including blanks', () => {
    const { mail } = configOf({ ...gmail, EMAIL_HOST_PASSWORD: ' p#w ' })
    assert(mail.kind === 'smtp')
    assert.deepEqual([mail.user, mail.password], ['me@gmail.com', ' p#w '])
  })

  it('warns if EMAIL_HOST is missing and the user’s domain is no known mail service', () => {
    for (const user of ['me@example.com', 'apikey', 'me@outlook', 'gmail.com']) {
      assert.equal(mailOf({ EMAIL_HOST_USER: user }), 'console')
      assert.match(warningsOf({ EMAIL_HOST_USER: user }).join(), /EMAIL_HOST is not set/)
    }
  })

  it('refuses SMTP without a host, and EMAIL_USE_TLS together with EMAIL_USE_SSL', () => {
    assert.deepEqual(wrongNames(backend('smtp')), ['EMAIL_HOST'])
    assert.deepEqual(wrongNames({ ...backend('smtp'), EMAIL_HOST_USER: 'me@example.com' }), ['EMAIL_HOST'])
    assert.deepEqual(wrongNames({ ...host, ...ssl, ...tls }), ['EMAIL_USE_SSL'])
  })

  it('lists the three mail backends in the error about an unknown backend', () => {
    const { message } = errorOf({ EMAIL_BACKEND: 'anymail.backends.mailgun.EmailBackend' })
    for (const name of ['console', 'filebased', 'smtp']) assert(message.includes(backend(name).EMAIL_BACKEND))
  })
})

describe('loadConfig: the file .env', () => {
  const lines: [line: string, expected: Environment][] = [
    ['SECRET_KEY=abc#def', { SECRET_KEY: 'abc#def' }],
    ['A=b # no comment', { A: 'b # no comment' }],
    ['# A=b', {}],
    ['   #A=b', {}],
    ['  A  =  b c  ', { A: 'b c' }],
    ['A=b=c==', { A: 'b=c==' }],
    ['A="b c"', { A: 'b c' }],
    ["A=' b '", { A: ' b ' }],
    ['A="b\'', { A: '"b\'' }],
    ['A="', { A: '"' }],
    ['A=""', { A: '' }],
    ['A="b" c', { A: '"b" c' }],
    ['A=""b""', { A: '"b"' }],
    ['A=b\\n$C${D}', { A: 'b\\n$C${D}' }],
    ['A', {}],
    ['', {}],
    ['export A=b', { 'export A': 'b' }],
    ['A=1\nA=2', { A: '2' }],
    ['\uFEFFA=1\r\n\r\nB=2\r\n', { A: '1', B: '2' }],
    ['__proto__=1', Object.fromEntries([['__proto__', '1']])],
  ]
  for (const [line, expected] of lines) {
    it(`parses the line ${JSON.stringify(line)}`, () => {
      assert.deepEqual(Object.fromEntries(parseEnvFile(line)), expected)
    })
  }

  it('does not override the environment, not even an empty value', () => {
    assert.equal(loadConfig({}, 'PORT=1').config.port, 1)
    assert.equal(loadConfig({ PORT: '2' }, 'PORT=1').config.port, 2)
    assert.equal(loadConfig({ PORT: '' }, 'PORT=1').config.port, 8000)
    assert.equal(loadConfig({ PORT: undefined }, 'PORT=1').config.port, 1)
  })

  const suggestions: [name: string, suggested?: string][] = [
    ['SECRT_KEY', 'SECRET_KEY'],
    ['secret_key', 'SECRET_KEY'],
    ['EMAIL_HOST_PASWORD', 'EMAIL_HOST_PASSWORD'],
    ['PROT', 'PORT'],
    ['DEBUG'],
    ['CAPTCHA'],
  ]
  for (const [name, suggested] of suggestions) {
    it(`warns about ${name}${suggested ? `, and suggests ${suggested}` : ''}`, () => {
      const expected = `${name} in .env has no effect: there is no such setting`
      assert.deepEqual(warningsOf({}, `${name}=x`), [
        suggested ? `${expected}. Did you mean ${suggested}?` : `${expected}.`,
      ])
      assert.deepEqual(warningsOf({ [name]: 'x' }), [])
    })
  }

  it('shows no line of a multi-line secret in its warnings', () => {
    const warnings = warningsOf({}, 'KEY="-----BEGIN\nc2VjcmV0+/c2Vj==\nc2VjcmV0/+==\n"')
    assert.equal(warnings.length, 2)
    assert(!warnings.join().includes('c2Vj'))
  })

  it('accepts the settings of createsuperuser without a warning', () => {
    assert.deepEqual(warningsOf({}, 'DJANGO_SUPERUSER_EMAIL=a@b.example\nDJANGO_SUPERUSER_PASSWORD=x'), [])
  })
})

describe('the file .env.example', () => {
  const settings = example.split('\n').flatMap((line) => /^#(\w+)=(.*)$/.exec(line) ?? [])

  it('has every setting exactly once, with a comment above it', () => {
    const names = [...example.matchAll(/^# .+\n#(\w+)=/gm)].map(([, name]) => name ?? '')
    assert.deepEqual([...names].sort(), [...settingNames].sort())
    assert.equal(settings.length, 3 * names.length)
  })

  it('has the same defaults as the code', () => {
    for (const { name, fallback } of allSettings) {
      if (fallback !== undefined) assert(example.includes(`\n#${name}=${fallback}\n`), name)
    }
    assert.deepEqual(loadConfig({}, example.replaceAll(/^#(?=\w)/gm, '')), loadConfig({}))
  })

  it('is a valid .env file', () => {
    assert.deepEqual(loadConfig({}, example), loadConfig({}))
  })
})
