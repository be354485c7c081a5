import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gatehouse } from '../support/command.ts'
import { assertProblem } from '../support/answers.ts'
import { password, TestService } from '../support/service.ts'

describe('gatehouse createsuperuser and users list', function () {
  this.timeout(120_000)
  let service: TestService
  let folder: string
  before(async () => {
    service = await TestService.start()
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-superuser-'))
    await chmod(folder, 0o711)
  })
  after(async () => {
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const create = (email: string, word: string, settings: Record<string, string> = {}) => {
    const credentials = { DJANGO_SUPERUSER_EMAIL: email, DJANGO_SUPERUSER_PASSWORD: word }
    const environment = { DATABASE_URL: service.databaseUrl, ...credentials, ...settings }
    return gatehouse(folder, environment, 'createsuperuser', '--noinput')
  }
  const refused = (sentence: string) => ({ code: 1, stdout: '', stderr: `${sentence}\n` })

  describe('the password of a new superuser (security 3)', () => {
    it('is refused if createToken would not accept it', async () => {
      for (const [word, reason] of [
        ['ab1'.repeat(100), 'At most 256 characters.'],
        ['a'.repeat(257), 'At most 256 characters.'],
        ['adminadmin1\n', 'It has a line break, which no sign-in form sends. Remove it.'],
        ['adminadmin1\r\n', 'It has a line break, which no sign-in form sends. Remove it.'],
        ['admin\nadmin1', 'It has a line break, which no sign-in form sends. Remove it.'],
        ['\ufffdadminadmin1', 'It is not text in UTF-8.'],
        ['short', 'The password must have at least 8 characters.'],
        ['', 'At least 1 characters.'],
      ] as const)
        assert.deepEqual(
          await create('big@example.com', word),
          refused(`DJANGO_SUPERUSER_PASSWORD cannot be used: ${reason}`),
        )
      assert.deepEqual(await service.sql('select email from users'), [])
    })
  })

  describe('the email address of a new superuser (security 104)', () => {
    it('is refused if registerUser would not accept it', async () => {
      for (const [email, reason] of [
        ['', 'At least 3 characters. This is not an email address.'],
        ['nobody', 'This is not an email address.'],
        ['a@exa\nmple.com', 'This is not an email address.'],
        [`${'a'.repeat(250)}@example.com`, 'At most 254 characters. This is not an email address.'],
        ['аdmin@example.com', 'This address has invisible characters, or mixes letters or digits of several scripts.'],
        [
          'admin\ufe0f@example.com',
          'This address has invisible characters, or mixes letters or digits of several scripts.',
        ],
      ] as const)
        assert.deepEqual(
          await create(email, password),
          refused(`DJANGO_SUPERUSER_EMAIL cannot be used: ${reason} Set it to admin@example.com for example.`),
        )
    })
  })

  describe('a superuser whom createsuperuser made', () => {
    it('can sign in, even with a password of the maximum length', async () => {
      for (const [email, word] of [
        ['long@example.com', 'ab1'.repeat(85) + 'z'],
        ['админ@example.com', ' пароль из слов '],
      ] as const) {
        assert.deepEqual(await create(email, word), { code: 0, stdout: `${email} is a superuser now.\n`, stderr: '' })
        const { status } = await service.call('createToken', { body: { email, password: word } })
        assert.equal(status, 200)
      }
      const body = { email: 'long@example.com', password: 'ab1'.repeat(100) }
      assertProblem(await service.call('createToken', { body }), 400, 'invalid')
    })
  })

  describe('the search text of users list', () => {
    it('is refused if listUsers would not accept it', async () => {
      const users = (search: string) =>
        gatehouse(folder, { DATABASE_URL: service.databaseUrl }, 'users', 'list', '--search', search)
      assert.deepEqual(await users('a'.repeat(151)), refused('--search cannot be used: At most 150 characters.'))
      assert.deepEqual(
        await users('a\nb'),
        refused('--search cannot be used: This has characters that are not allowed here.'),
      )
    })
  })
})
