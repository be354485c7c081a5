import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError, loadConfig, type Config } from '../../src/config/config.ts'

const key = 'kX9vQ2mZ7pL4wR8tB1nC6yH3dF5gJ0sA+/='
const canary = 'canary'
const parts = { DB_NAME: 'app', DB_USER: 'me', DB_HOST: 'db', DB_PORT: '5433' }
const passwordOf = ({ mail }: Config) => (mail.kind === 'smtp' ? mail.password : undefined)

describe('loadConfig: secrets in files', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-secrets-'))
  })
  after(() => {
    rmSync(folder, { recursive: true })
  })

  const write = (content: string | Buffer) => {
    const path = join(folder, 'secret')
    writeFileSync(path, content)
    return path
  }

  function errorsOf(environment: Record<string, string>): [name: string, problem: string][] {
    try {
      loadConfig(environment)
    } catch (error) {
      assert(error instanceof ConfigError)
      assert(!error.message.includes(canary))
      return error.errors.map(({ name, problem }) => [name, problem])
    }
    assert.fail('no error')
  }

  const secrets: [
    name: string,
    read: (config: Config) => unknown,
    expected: unknown,
    others?: Record<string, string>,
  ][] = [
    ['SECRET_KEY', (config) => config.secretKey, key],
    ['SECRET_KEY_PREVIOUS', (config) => config.previousSecretKeys, [key]],
    ['DB_PASSWORD', (config) => config.database, `postgres://me:${encodeURIComponent(key)}@db:5433/app`, parts],
    ['EMAIL_HOST_PASSWORD', passwordOf, key, { EMAIL_HOST: 'smtp.example.com' }],
  ]
  for (const [name, read, expected, others = {}] of secrets)
    it(`reads ${name} from the file that ${name}_FILE names`, () => {
      const environment = { ...others, [`${name}_FILE`]: write(key) }
      assert.deepEqual(read(loadConfig(environment).config), expected)
      assert.deepEqual(loadConfig(others, `${name}_FILE=${write(key)}`).warnings, [])
    })

  it('reads DATABASE_URL from the file that DATABASE_URL_FILE names', () => {
    const { config } = loadConfig({ DATABASE_URL_FILE: write('postgres://u:p@h/d\n') })
    assert.equal(config.database, 'postgres://u:p@h/d')
  })

  it('removes one line break at the end of the file, but no space', () => {
    for (const [content, expected] of [
      [`${key}\n`, key],
      [`${key}\r\n`, key],
      [` ${key} \n`, ` ${key} `],
    ] as const)
      assert.equal(loadConfig({ SECRET_KEY_FILE: write(content) }).config.secretKey, expected)
  })

  it('treats an empty file name like a missing one', () => {
    assert.equal(loadConfig({ SECRET_KEY: key, SECRET_KEY_FILE: '' }).config.secretKey, key)
    assert.equal(loadConfig({ SECRET_KEY: '', SECRET_KEY_FILE: write(key) }).config.secretKey, key)
  })

  it('refuses a secret that is set directly and as a file, and names both settings', () => {
    const [first, ...others] = errorsOf({ SECRET_KEY: canary, SECRET_KEY_FILE: write(key) })
    assert.deepEqual(first, ['SECRET_KEY', 'and SECRET_KEY_FILE are both set: unset one of them'])
    assert.deepEqual(others, [])
  })

  const wrong: [what: string, path: () => string, problem: RegExp][] = [
    ['that does not exist', () => join(folder, 'nowhere'), /^names a file that cannot be read \(ENOENT\)$/],
    ['that is a folder', () => folder, /^must be the path of a regular file$/],
    ['that is empty', () => write(''), /^names an empty file$/],
    ['that only has a line break', () => write('\n'), /^names an empty file$/],
    ['of more than 64 KiB', () => write(canary.repeat(11_000)), /^names a file of more than 64 KiB$/],
    ['with two lines', () => write(`${canary}\n${canary}\n`), /^must be one line without control characters$/],
    ['that is not UTF-8', () => write(Buffer.from([0xc3, 0x28])), /^names a file that is not text in UTF-8$/],
  ]
  for (const [what, path, problem] of wrong)
    it(`refuses a file ${what}, and reports only its setting`, () => {
      const [error, ...others] = errorsOf({
        NODE_ENV: 'production',
        HOST_FOR_SEND_MAIL: 'https://a.example',
        SECRET_KEY_FILE: path(),
      })
      assert.equal(error?.[0], 'SECRET_KEY_FILE')
      assert.match(error[1], problem)
      assert.deepEqual(others, [])
    })

  it('refuses a named pipe instead of waiting for its content', () => {
    const path = join(folder, 'pipe')
    execFileSync('mkfifo', [path])
    assert.deepEqual(errorsOf({ SECRET_KEY_FILE: path }), [['SECRET_KEY_FILE', 'must be the path of a regular file']])
  })

  it('counts a password in a file as one of the DB_* settings', () => {
    const names = errorsOf({ DB_PASSWORD_FILE: write(key) }).map(([name]) => name)
    assert.deepEqual(names, ['DB_NAME', 'DB_USER', 'DB_HOST', 'DB_PORT'])
  })
})
