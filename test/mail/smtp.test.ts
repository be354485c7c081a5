import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { simpleParser } from 'mailparser'
import type { SMTPServerOptions } from 'smtp-server'
import { redactError } from '../../src/jobs/redactError.ts'
import { classifyFailure } from '../../src/mail/refusal.ts'
import { createTransport, type Transport } from '../../src/mail/transport.ts'
import { startSmtpServer } from './support/smtpServer.ts'

const settings = { mailFrom: 'Gatehouse <noreply@example.com>', dataDir: '/nonexistent' }

describe('the SMTP transport', () => {
  let server: Awaited<ReturnType<typeof startSmtpServer>>
  let transport: Transport

  beforeEach(async () => {
    server = await startSmtpServer()
    transport = createTransport({ ...settings, mail: server.mail })
  })

  afterEach(async () => {
    await transport.close()
    await server.stop()
  })

  describe('the connections to the SMTP server (security 96)', () => {
    it('are opened for each mail, and are not reused', async () => {
      const sessions = new Set<string>()
      await server.stop()
      server = await startSmtpServer({
        onMailFrom: (_address, { id }, callback) => {
          sessions.add(id)
          callback()
        },
      })
      transport = createTransport({ ...settings, mail: server.mail })
      for (const name of ['ann', 'ben', 'cleo']) await transport.send(mailTo(`${name}@example.com`))
      assert.equal(sessions.size, 3)
    })
  })

  it('delivers the text part and the HTML part', async () => {
    await transport.send(mailTo('ann@example.com'))
    await transport.send(mailTo('ben@example.com'))
    assert.deepEqual(server.state.recipients, [['ann@example.com'], ['ben@example.com']])
    const parsed = await simpleParser(server.state.messages[0] ?? '')
    assert.equal(parsed.subject, 'Тема')
    assert.match(parsed.text ?? '', /code=abc/)
    assert.match(parsed.html || '', /<p>/)
    assert.equal(parsed.messageId, '<1@example.com>')
  })

  it('checks the connection without sending a mail, and explains a problem', async () => {
    assert.equal(await transport.findProblem(), undefined)
    const { port } = server.mail
    const begin = `The SMTP server 127.0.0.1:${port} accepts no mails now (`
    const onAuth: SMTPServerOptions['onAuth'] = (_auth, _session, callback) => {
      callback(new Error('no such account, sir@example.com'))
    }
    const strict = await startSmtpServer({ onAuth, authOptional: false, allowInsecureAuth: true })
    const account = { ...strict.mail, user: 'me', password: 'canary' }
    const refused = createTransport({ ...settings, mail: account })
    assert.match(
      String(await refused.findProblem()),
      /\(EAUTH: .*no such account, …\): they wait in the queue, and the worker tries again\.$/,
    )
    await refused.close()
    await strict.stop()
    await server.stop()
    const problem = String(await transport.findProblem())
    assert.ok(problem.startsWith(`${begin}ESOCKET: connect ECONNREFUSED`), problem)
    assert.deepEqual([server.state.recipients, strict.state.recipients], [[], []])
    server = await startSmtpServer()
  })

  const hostile = [
    'a@example.com,b@evil.example',
    'a@example.com, b@evil.example',
    'a@example.com;b@evil.example',
    'Ann <a@example.com>, Eve <b@evil.example>',
    'a@example.com\r\nRCPT TO:<b@evil.example>',
    'a@example.com\nBcc: b@evil.example',
    'a@example.com\u0000b@evil.example',
    '"a@example.com" <b@evil.example>',
    'group:a@example.com,b@evil.example;',
    'a,b@evil.example',
    'a@b@evil.example',
    'x>,<b@evil.example',
    'a(comment)@evil.example',
    'ann＠example.com',
    'ann',
    '',
  ]
  for (const address of hostile) {
    it(`sends a mail to at most one recipient for ${JSON.stringify(address)}`, async () => {
      await transport.send(mailTo(address)).catch(() => undefined)
      for (const recipients of server.state.recipients) assert.equal(recipients.length, 1)
      assert.ok(server.state.recipients.length <= 1)
      for (const message of server.state.messages) assert.doesNotMatch(message, /^Bcc:/im)
    })
  }

  it('sends the domain of the recipient in ASCII', async () => {
    await transport.send(mailTo('ann@bücher.example'))
    // smtp-server decodes the recipient of the envelope, but not the header.
    assert.equal(server.state.recipients.length, 1)
    assert.match(server.state.messages[0] ?? '', /^To: ann@xn--bcher-kva\.example$/m)
  })

  const verdicts = [
    { code: 550, where: 'refuseRecipient', permanent: true },
    { code: 554, where: 'refuseContent', permanent: true },
    { code: 451, where: 'refuseRecipient', permanent: false },
    { code: 452, where: 'refuseContent', permanent: false },
    { code: 535, where: 'refuseRecipient', permanent: false },
  ] as const
  for (const { code, where, permanent } of verdicts) {
    it(`treats ${code} as a ${permanent ? 'permanent' : 'temporary'} error (${where})`, async () => {
      server.state[where] = { code, text: 'No, not https://x.example/?code=Secret-_1' }
      const error: unknown = await transport.send(mailTo('ann@example.com')).catch((reason: unknown) => reason)
      assert.equal(classifyFailure(error).kind === 'mail', permanent)
      assert.match(redactError(error), new RegExp(String(code)))
      assert.doesNotMatch(redactError(error), /Secret/)
    })
  }

  it('gives up an unresponsive server if aborted, and an unreachable server at once', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    const slow = createTransport({ ...settings, mail: { ...server.mail, port } })
    const slowError: unknown = await slow
      .send(mailTo('a@example.com'), AbortSignal.timeout(100))
      .catch((e: unknown) => e)
    assert.equal(classifyFailure(slowError).kind, 'temporary')
    assert.match(redactError(slowError), /^EABORT/)
    await slow.close()
    await new Promise((resolve) => silent.close(resolve))

    const absent = createTransport({ ...settings, mail: { ...server.mail, port } })
    const absentError: unknown = await absent.send(mailTo('a@example.com')).catch((e: unknown) => e)
    assert.equal(classifyFailure(absentError).kind, 'temporary')
    assert.match(redactError(absentError), /ECONNREFUSED/)
  })

  it('sends no mail without TLS if TLS is required', async () => {
    const strict = createTransport({ ...settings, mail: { ...server.mail, requireTls: true } })
    const error: unknown = await strict.send(mailTo('a@example.com')).catch((reason: unknown) => reason)
    assert.equal(classifyFailure(error).kind, 'service')
    assert.deepEqual(server.state.recipients, [])
    await strict.close()
  })

  it('does not show the password in its description for the log', () => {
    const mail = { ...server.mail, host: 'smtp.example.org', port: 587, user: 'ann', password: 'hush' }
    assert.equal(createTransport({ ...settings, mail }).label, 'smtp.example.org:587 as ann')
  })
})

function mailTo(to: string) {
  const text = `Текст:\nhttps://accounts.example.com/?code=abc\n`
  return {
    id: '1',
    name: 'restore',
    language: 'ru',
    to,
    messageId: '<1@example.com>',
    subject: 'Тема',
    text,
    html: '<p>Текст</p>',
  }
}
