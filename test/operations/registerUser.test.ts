import assert from 'node:assert/strict'
import { assertProblem, fieldErrorsOf, withoutIds } from '../support/answers.ts'
import { contract } from '../support/contract.ts'
import { createTestDatabase, query } from '../support/database.ts'
import { holdMails } from '../support/locks.ts'
import { password, TestService } from '../support/service.ts'
import { insertUser } from '../support/users.ts'
import { describeBodies } from './support/describeBodies.ts'
import { activate, register, statusOfSignIn } from './support/requests.ts'

const examples = contract.components.requestBodies['Registration']?.content['application/json']?.examples ?? {}

describe('registerUser', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  it('accepts the documented request of the system that Gatehouse replaces', async () => {
    const email = 'test@example.com'
    const body = { email, password: '12345678', password_confirm: '12345678' }
    const registered = await service.call('registerUser', { body })
    assert.equal(registered.status, 201)
    assert.deepEqual(registered.body, { detail: 'Check your mail to activate the account.', email })
    assert.equal(registered.headers.get('cache-control'), 'no-store')
    const { link } = await service.mailTo(email)
    assert.equal(await statusOfSignIn(service, email, '12345678'), 401)
    assert.equal((await service.fetch(new URL(link).pathname + new URL(link).search)).status, 200)
    assert.equal(await statusOfSignIn(service, email, '12345678'), 200)
  })

  describe('the first user of the service (security 77)', () => {
    it('does not become a superuser', async () => {
      const fresh = await createTestDatabase()
      try {
        assert.deepEqual(await query(fresh.url, 'select email from users'), [])
      } finally {
        await fresh.drop()
      }
      const email = service.email()
      assertProblem(await register(service, email, { is_superuser: true }), 400, 'invalid')
      await register(service, email)
      assert.equal((await activate(service, (await service.mailTo(email)).code)).status, 200)
      assert.deepEqual(await service.sql('select is_superuser from users where email = $1', [email]), [
        { is_superuser: false },
      ])
    })
  })

  it('accepts every example of the contract', async () => {
    for (const [name, { value }] of Object.entries(examples)) {
      const email = String(value['email']).replace('@', `+${name}@`)
      assert.equal((await service.call('registerUser', { body: { ...value, email } })).status, 201)
      assert.equal((await activate(service, (await service.mailTo(email)).code)).status, 200)
      const [user] = await service.sql<{ first_name: string }>('select first_name from users where email = $1', [email])
      assert.equal(user?.first_name, value['first_name'] ?? '')
    }
  })

  it('sends the mail in Russian for a registration in Russian', async () => {
    await register(service, 'ru@example.com', { language: 'ru' })
    const { subject, text } = await service.mailTo('ru@example.com')
    assert.match(subject, /^Подтвердите адрес/)
    assert.match(text, /Ссылка действует 24 часа/)
  })

  describe('a taken email address in registerUser (security 14)', () => {
    it('gets the same reply as a free address; its owner gets a notice without a code', async () => {
      const owner = await insertUser(service, 'own1@example.com', { language: 'ru' })
      const before = await service.sql('select * from users where id = $1', [owner])
      const free = withoutIds(await register(service, 'free@example.com'))
      const taken = withoutIds(await register(service, 'own1@example.com', { first_name: 'Mallory', language: 'en' }))
      assert.deepEqual(taken, { ...free, members: { ...free.members, email: 'own1@example.com' } })
      const { subject, text, html, link } = await service.mailTo('own1@example.com')
      assert.match(subject, /^У вас уже есть учётная запись/)
      assert.equal(link, '')
      assert.doesNotMatch(text + html, /code=|[\w-]{40}|Mallory/)
      await service.countMails()
      assert.deepEqual(await service.sql('select * from users where id = $1', [owner]), before)
      assert.deepEqual(await service.sql(`select from registrations where address = 'own1@example.com'`), [])
      assert.deepEqual(await service.sql('select from codes where user_id = $1', [owner]), [])
    })
  })

  const browsers: Record<string, string> = { owner: 'Firefox/145.0', attacker: 'curl/8.5.0' }

  describe('several registrations of one email address (security 31)', () => {
    for (const order of [
      ['owner', 'attacker'],
      ['attacker', 'owner'],
    ]) {
      it(`set the password of the first activated registration: ${order.join(', then ')}`, async () => {
        const email = service.email()
        const release = await holdMails(service, 'choice')
        for (const who of order) {
          const word = `the password of the ${who}`
          await register(
            service,
            email,
            { password: word, password_confirm: word },
            { 'User-Agent': browsers[who] ?? '' },
          )
        }
        await release()
        const mails = [await service.mailTo(email), await service.mailTo(email)]
        const codeOf = (who: string) =>
          String(mails.find(({ text }) => text.includes(`Device: ${String(browsers[who]?.split('/')[0])}`))?.code)
        assert.equal((await activate(service, codeOf('owner'))).status, 200)
        assert.equal(await statusOfSignIn(service, email, 'the password of the attacker'), 401)
        assert.equal((await activate(service, codeOf('attacker'))).body['superseded'], true)
        assert.equal(await statusOfSignIn(service, email, 'the password of the attacker'), 401)
        assert.equal(await statusOfSignIn(service, email, 'the password of the owner'), 200)
      })
    }
  })

  describe('a hostile User-Agent in registerUser (security 27, 101)', () => {
    it('does not appear in the mail', async () => {
      await register(service, 'ua@example.com', {}, { 'User-Agent': '<a href="http://evil.test/">www.evil.test</a>' })
      const { text, html } = await service.mailTo('ua@example.com')
      assert.match(text, /Device: unknown device$/m)
      assert.doesNotMatch(text, /evil|<a/)
      assert.doesNotMatch(html, /evil/)
    })
  })

  it('names the errors of a refused registration, and stores nothing', async () => {
    const [before] = await service.sql('select count(*) from registrations')
    const errors: [Record<string, string>, string][] = [
      [{ password_confirm: 'another password' }, '/password_confirm password_mismatch'],
      [{ password: '1234567', password_confirm: '1234567' }, '/password password_too_short'],
      [{ password: '' }, '/password min_length'],
      [{ language: 'fr' }, '/language enum'],
      [{ first_name: 'a'.repeat(151) }, '/first_name max_length'],
      [{ last_name: 'line\nline' }, '/last_name pattern'],
      [{ email: '' }, '/email format'],
    ]
    for (const [member, error] of errors) {
      const answer = await register(service, 'faulty@example.com', member)
      assertProblem(answer, 400, 'invalid')
      assert.ok(fieldErrorsOf(answer).includes(error), JSON.stringify(answer.body))
    }
    assert.deepEqual(await service.sql('select count(*) from registrations'), [before])
  })

  describeBodies(
    'registerUser',
    () => service,
    { email: 'bad@example.com', password, password_confirm: password, first_name: 'A', last_name: 'B', language: 'en' },
    ['first_name', 'last_name', 'language'],
  )
})
