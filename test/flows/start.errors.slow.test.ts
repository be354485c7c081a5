import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assertSentence, StartRoom, type LogLine, type Start } from '../support/start.ts'

const strong = 'a secret key that is long enough for production'

describe('npm start', function () {
  this.timeout(60_000)
  const room = new StartRoom()
  const withUrl = (change: (url: URL) => void): string => {
    const url = new URL(room.databaseUrl)
    change(url)
    return url.href
  }

  describe('an error at start', () => {
    const cases: [error: string, pattern: RegExp, start: () => Start | Promise<Start>][] = [
      [
        'a malformed setting',
        /^1 wrong setting:\n {2}PORT .*\n {4}for example: 8000$/,
        () => room.startOnDatabase({ PORT: 'http' }),
      ],
      [
        'several malformed settings, all of which it names',
        /^3 wrong settings:\n {2}(PORT|REFRESH_GRACE|RATE_LIMITS|LOG_LEVEL)[\s\S]*LOG_LEVEL/,
        () => room.startOnDatabase({ PORT: '70000', REFRESH_GRACE: 'soon', LOG_LEVEL: 'loud' }),
      ],
      [
        'a block list that cannot be read (security 7)',
        /^The block list cannot be read \(ENOENT.*\/nowhere'\): PASSWORD_BLOCK_LIST takes on, off or/,
        () => room.startOnDatabase({ PASSWORD_BLOCK_LIST: 'nowhere', SECRET_KEY: strong }),
      ],
      [
        'a wrong password',
        /^The database .* refuses the password/,
        () =>
          room.start({
            DATABASE_URL: withUrl((url) => {
              url.password = 'wrong'
            }),
          }),
      ],
      [
        'a database that does not exist',
        /^The database .* does not have this database/,
        () =>
          room.start({
            DATABASE_URL: withUrl((url) => {
              url.pathname = '/nowhere'
            }),
          }),
      ],
      [
        'a HOST that is not an IP address of this machine',
        /^HOST 192\.0\.2\.1 is not an address of this machine/,
        () => room.startOnDatabase({ HOST: '192.0.2.1' }),
      ],
      [
        'a DATA_DIR that is a file, which cannot contain the key',
        /secret_key cannot be written/,
        async () => {
          await writeFile(join(room.folder, 'file'), '')
          return room.startOnDatabase({ DATA_DIR: join(room.folder, 'file') })
        },
      ],
      [
        'a DATA_DIR that is a file, which cannot contain the database',
        /file/,
        () => room.start({ DATA_DIR: join(room.folder, 'file'), SECRET_KEY: strong }),
      ],
    ]
    for (const [error, pattern, start] of cases) {
      it(`prints one sentence without a stack trace: ${error}`, async () => {
        const service = await start()
        assert.equal(await service.ended, 1)
        assertSentence(service, pattern)
      })
    }
  })

  describe('an error at start in production', () => {
    const production: Record<string, string> = {
      NODE_ENV: 'production',
      HOST_FOR_SEND_MAIL: 'https://accounts.test',
      SECRET_KEY: strong,
    }
    const assertLine = async (settings: Record<string, string>, rest = production): Promise<LogLine> => {
      const service = room.startOnDatabase({ ...rest, LOG_LEVEL: 'silent', ...settings })
      assert.equal(await service.ended, 1)
      const [line, ...others] = service.log.filter(({ level }) => level === 60)
      assert.ok(line)
      assert.deepEqual([others, service.stdout, service.stderr], [[], '', ''])
      assert.match(String(line['version']), /^\d+\.\d+\.\d+/)
      return line
    }

    const settings: [error: string, name: string, problem: RegExp, change: Record<string, string>][] = [
      ['a weak SECRET_KEY (security 50)', 'SECRET_KEY', /^is weak: /, { SECRET_KEY: 'abc' }],
      ['no SECRET_KEY (security 50)', 'SECRET_KEY', /^is missing: /, { SECRET_KEY: '' }],
      ['no HOST_FOR_SEND_MAIL', 'HOST_FOR_SEND_MAIL', /^is missing: /, { HOST_FOR_SEND_MAIL: '' }],
    ]
    for (const [error, name, problem, change] of settings)
      it(`is logged in one line: ${error}`, async () => {
        const { msg, errors } = await assertLine(change)
        assert.equal(msg, '1 wrong setting')
        const [first] = errors as { name: string; problem: string; example: string }[]
        assert.equal(first?.name, name)
        assert.match(first.problem, problem)
        assert.ok(first.example)
      })

    it('is logged in one line: a wrong password of the database', async () => {
      const url = withUrl((one) => {
        one.password = 'wrong'
      })
      const { msg } = await assertLine({ DATABASE_URL: url })
      assert.match(msg, /^The database .* refuses the password/)
    })

    it('is logged in one line if only .env sets NODE_ENV=production', async () => {
      await writeFile(join(room.folder, '.env'), 'NODE_ENV=production\n')
      try {
        const { errors } = await assertLine({ PORT: 'x' }, {})
        assert.equal((errors as { name: string }[])[0]?.name, 'PORT')
      } finally {
        await rm(join(room.folder, '.env'))
      }
    })
  })
})
