import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assertSentence, StartRoom, type Start } from '../support/start.ts'

const strong = 'a secret key that is long enough for production'

describe('npm start', function () {
  this.timeout(60_000)
  const room = new StartRoom()
  const withUrl = (change: (url: URL) => void): string => {
    const url = new URL(room.databaseUrl)
    change(url)
    return url.href
  }

  describe('stops with a sentence and no stack trace for', () => {
    const cases: [error: string, pattern: RegExp, start: () => Start | Promise<Start>][] = [
      [
        'a malformed setting',
        /^1 wrong setting:\n {2}PORT .*\n {4}for example: 8000$/,
        () => room.startOnDatabase({ PORT: 'http' }),
      ],
      [
        'several malformed settings, naming all of them',
        /^3 wrong settings:\n {2}(PORT|REFRESH_GRACE|RATE_LIMITS|LOG_LEVEL)[\s\S]*LOG_LEVEL/,
        () => room.startOnDatabase({ PORT: '70000', REFRESH_GRACE: 'soon', LOG_LEVEL: 'loud' }),
      ],
      [
        'a weak SECRET_KEY in production (security 50)',
        /SECRET_KEY is weak/,
        () => room.startOnDatabase({ NODE_ENV: 'production', SECRET_KEY: 'abc' }),
      ],
      [
        'no SECRET_KEY in production (security 50)',
        /SECRET_KEY is missing/,
        () => room.startOnDatabase({ NODE_ENV: 'production' }),
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
      it(error, async () => {
        const service = await start()
        assert.equal(await service.ended, 1)
        assertSentence(service, pattern)
      })
    }
  })
})
