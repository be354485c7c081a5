import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { fieldErrorsOf, assertProblem } from '../support/answers.ts'
import { password, TestService } from '../support/service.ts'
import { insertUser, addUser, quickHash } from '../support/users.ts'
import { classifyFailure } from '../../src/mail/refusal.ts'
import { createTransport } from '../../src/mail/transport.ts'
import { startSmtpServer } from './support/smtpServer.ts'

const settings = { mailFrom: 'Gatehouse <noreply@example.com>', dataDir: '/nonexistent' }
const mailTo = (to: string) => {
  const content = { subject: 'Subject', text: 'Text\n', html: '<p>Text</p>' }
  return { id: '1', name: 'restore', language: 'en', to, messageId: '<1@example.com>', ...content }
}

describe('a mail to an address whose local part is not ASCII', () => {
  for (const [title, options, accepted] of [
    ['a server with SMTPUTF8', {}, true],
    ['a server without SMTPUTF8', { hideSMTPUTF8: true }, false],
  ] as const)
    it(`${accepted ? 'is sent to' : 'fails permanently at'} ${title}`, async () => {
      const server = await startSmtpServer(options)
      const transport = createTransport({ ...settings, mail: server.mail })
      try {
        assert.equal(await transport.acceptsUnicode(), accepted)
        assert.equal((await transport.findLimitation()) === undefined, accepted)
        const error: unknown = await transport.send(mailTo('я1@почта.рф')).catch((reason: unknown) => reason)
        assert.equal(error === undefined, accepted)
        assert.equal(server.state.recipients.length, accepted ? 1 : 0)
        if (!accepted) {
          assert.equal(classifyFailure(error).kind, 'mail')
          assert.match(
            String(error),
            /does not offer SMTPUTF8, so addresses with letters beyond A to Z before the @ get no mails/,
          )
        }
        await transport.send(mailTo('ann@почта.рф')) // only the domain is not ASCII, and it has an ASCII form
        assert.equal(server.state.messages.length, accepted ? 2 : 1)
      } finally {
        await transport.close()
        await server.stop()
      }
    })

  it('fails only temporarily if the server cannot be reached', async () => {
    const server = await startSmtpServer()
    await server.stop()
    const transport = createTransport({ ...settings, mail: server.mail })
    const error: unknown = await transport.send(mailTo('я1@example.com')).catch((reason: unknown) => reason)
    assert.match(String(error), /ECONNREFUSED/)
    assert.equal(classifyFailure(error).kind, 'temporary')
    assert.equal(await transport.findLimitation(), undefined)
    await transport.close()
  })
})

describe('a service whose mail server does not support SMTPUTF8', () => {
  let server: Awaited<ReturnType<typeof startSmtpServer>>
  let service: TestService
  const lines: string[] = []
  before(async () => {
    server = await startSmtpServer({ hideSMTPUTF8: true })
    const smtp = { EMAIL_BACKEND: '', EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(server.mail.port) }
    service = await TestService.start(smtp, { onLog: (line) => lines.push(line) })
    await learned()
  })
  after(async () => {
    await service.stop()
    await server.stop()
  })

  /** Waits until the service knows that the mail server does not offer SMTPUTF8. */
  const learned = async () => {
    const body = { email: 'я1@example.com' }
    for (const until = Date.now() + 30_000; Date.now() < until;) {
      if ((await service.call('resendActivation', { body })).status === 400) return
      await sleep(20)
    }
    throw new Error('the service does not learn what the mail server offers')
  }

  it('returns 400 undeliverable if the local part is not ASCII, even of a known user', async () => {
    const email = 'я1@почта.рф'
    const user = await addUser(service, { superuser: true, passwordHash: await quickHash })
    await insertUser(service, 'я2@example.com')
    const { access: token } = user
    for (const answer of [
      await service.call('registerUser', { body: { email, password, password_confirm: password } }),
      await service.call('createUser', { token, body: { email } }),
      await service.call('changeEmail', { token, body: { email, current_password: password } }),
      await service.call('forgotPassword', { body: { email } }),
      await service.call('forgotPassword', { body: { email: 'я2@example.com' } }),
      await service.call('resendActivation', { body: { email } }),
    ]) {
      assertProblem(answer, 400, 'invalid')
      assert.deepEqual(fieldErrorsOf(answer), ['/email undeliverable'])
    }
  })

  it('accepts a domain that is not ASCII', async () => {
    const email = 'ann@почта.рф'
    const { status } = await service.call('registerUser', { body: { email, password, password_confirm: password } })
    assert.equal(status, 201)
  })

  it('lets users with a local part that is not ASCII sign in', async () => {
    const id = await insertUser(service, 'я3@example.com')
    await service.sql('update users set password_hash = $2 where id = $1', [id, Buffer.from(await quickHash)])
    await service.signIn('я3@example.com')
  })

  it('gives up a notice to a non-ASCII local part at once, and logs one error', async () => {
    const id = await insertUser(service, 'я4@example.com')
    await service.sql('update users set password_hash = $2 where id = $1', [id, Buffer.from(await quickHash)])
    const { access: token } = await service.signIn('я4@example.com')
    const word = 'another horse battery'
    const body = { current_password: password, password: word, password_confirm: word }
    assert.equal((await service.call('changePassword', { token, body })).status, 200)
    type Row = { status: string; attempts: number; last_error: string }
    const read = () =>
      service.sql<Row>(`select status, attempts, last_error from mails where address = 'я4@example.com'`)
    for (const until = Date.now() + 30_000; Date.now() < until && (await read())[0]?.status !== 'failed';)
      await sleep(20)
    const [row] = await read()
    assert.deepEqual([row?.status, row?.attempts], ['failed', 1])
    assert.match(String(row?.last_error), /does not offer SMTPUTF8/)
    const errors = lines.filter((line) => line.includes('mail failed')).map((line) => JSON.parse(line) as object)
    assert.equal(errors.length, 1)
    assert.ok('level' in (errors[0] ?? {}))
    assert.match(lines.find((line) => line.includes('mail failed')) ?? '', /"level":"?(50|error)/)
    assert.deepEqual(
      server.state.recipients.flat().filter((one) => one.startsWith('я')),
      [],
    )
  })
})
