import assert from 'node:assert/strict'
import type { SMTPServerOptions } from 'smtp-server'
import { DeliveryTimes } from '../../src/mail/deliveryTimes.ts'
import { classifyFailure } from '../../src/mail/refusal.ts'
import { createSendMail } from '../../src/mail/sendMail.ts'
import { createTransport } from '../../src/mail/transport.ts'
import { createMailRoom, mailConfig, type MailRoom } from './support/mailRoom.ts'
import { startSmtpServer } from './support/smtpServer.ts'

type Line = { level: string; message: string; mail?: string; hint?: string; kind?: string; reason?: string }

const refusal = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode })
const atSender = (code: number, text: string): SMTPServerOptions => ({
  onMailFrom: (_address, _session, callback) => {
    callback(refusal(code, text))
  },
})
const atRecipient = (code: number, text: string): SMTPServerOptions => ({
  onRcptTo: (_address, _session, callback) => {
    callback(refusal(code, text))
  },
})
const atContent = (code: number, text: string): SMTPServerOptions => ({
  onData: (stream, _session, callback) => {
    stream.resume().on('end', () => {
      callback(refusal(code, text))
    })
  },
})
const atGreeting: SMTPServerOptions = {
  onConnect: (_session, callback) => {
    callback(refusal(554, 'go away'))
  },
}
const withAuthentication: SMTPServerOptions = {
  authOptional: false,
  allowInsecureAuth: true,
  onAuth: (_auth, _session, callback) => {
    callback(refusal(535, 'wrong'))
  },
}

describe('a refusal by the SMTP server', () => {
  let room: MailRoom
  let lines: Line[]
  before(async () => {
    room = await createMailRoom()
  })
  beforeEach(async () => {
    lines = []
    await room.query('truncate users, emails, mails, codes, suppressed_addresses')
    await room.addUser()
  })
  after(() => room.close())

  const write = (level: string) => (fields: object, message: string) => lines.push({ level, message, ...fields })
  const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }

  /** Tries to send one mail for each attempt. @returns the ids of the mails */
  async function attempt(options: SMTPServerOptions, { count = 1, mail = {} } = {}): Promise<string[]> {
    const server = await startSmtpServer(options)
    const settings = { mailFrom: 'noreply@example.com', dataDir: '/nonexistent' }
    const transport = createTransport({ ...settings, mail: { ...server.mail, ...mail } })
    const deliveryTimes = new DeliveryTimes()
    deliveryTimes.add(0)
    const task = createSendMail({ db: room.db, transport, config: mailConfig, log, deliveryTimes })
    const ids: string[] = []
    try {
      for (let at = 0; at < count; at++) {
        const id = await room.enqueue('restore')
        await room.query('delete from graphile_worker._private_jobs')
        await room.query('delete from suppressed_addresses') // the attempt before may have added the address
        const abortSignal = new AbortController().signal
        await task({ id }, { job: { attempts: 1, max_attempts: 25 }, abortSignal }).catch(() => undefined)
        ids.push(id)
      }
    } finally {
      await transport.close()
      await server.stop()
    }
    return ids
  }

  const account = { user: 'me', password: 'canary' }
  const waiting: [string, SMTPServerOptions, RegExp, object?][] = [
    ['of the sender (553)', atSender(553, '5.7.1 not owned'), /refuses the sender: check DEFAULT_FROM_EMAIL/],
    ['of the sender, sent at RCPT', atRecipient(553, '5.7.1 Sender address rejected'), /DEFAULT_FROM_EMAIL/],
    ['of the sender’s domain, sent at RCPT', atRecipient(550, '5.1.8 Domain not found'), /DEFAULT_FROM_EMAIL/],
    ['of relaying', atRecipient(554, '5.7.1 <x@example.com>: Relay access denied'), /check EMAIL_HOST and/],
    ['of a domain without SPF and DKIM', atContent(550, '5.7.26 Unauthenticated email'), /SPF and DKIM/],
    ['of the credentials', withAuthentication, /EMAIL_HOST_USER and EMAIL_HOST_PASSWORD/, account],
    ['of mail without credentials', { authOptional: false }, /EMAIL_HOST_USER and EMAIL_HOST_PASSWORD/],
    ['of TLS', {}, /EMAIL_USE_TLS/, { requireTls: true }],
    ['of a certificate', { disabledCommands: [] }, /EMAIL_USE_TLS/, { requireTls: true }],
    ['of the connection', atGreeting, /refuses this service/],
  ]
  for (const [title, options, hint, mail = {}] of waiting)
    it(`keeps the mails in the queue, and logs one error (a refusal ${title})`, async () => {
      const ids = await attempt(options, { count: 2, mail })
      for (const id of ids) assert.equal((await room.readMail(id)).status, 'queued')
      assert.deepEqual(
        lines.map(({ level, message }) => [level, message]),
        [
          ['error', 'mail not sent yet'],
          ['warn', 'mail not sent yet'],
        ],
      )
      for (const line of lines) assert.match(String(line.hint), hint)
    })

  for (const [title, options] of [
    ['of an unknown recipient', atRecipient(550, '5.1.1 User unknown in relay recipient table')],
    ['of a recipient without an enhanced code', atRecipient(550, 'No such user here')],
    ['of a full mailbox', atRecipient(552, '5.2.2 Mailbox full')],
    ['of spam', atContent(554, '5.7.1 This looks like spam')],
  ] as const)
    it(`makes each mail fail at once, and logs an error for each (a refusal ${title})`, async () => {
      const ids = await attempt(options, { count: 2 })
      for (const id of ids) assert.equal((await room.readMail(id)).status, 'failed')
      const written = lines.map(({ level, message, mail }) => [level, message, mail])
      assert.deepEqual(
        written,
        ids.map((id) => ['error', 'mail failed', id]),
      )
    })

  it('is classified by its text, whatever the email address in the text contains', () => {
    const response = '550 <no-relay.denied@sender.example>: no such mailbox'
    const error = Object.assign(new Error(response), { command: 'RCPT TO', responseCode: 550, response })
    assert.deepEqual(classifyFailure(error), { kind: 'mail', missingMailbox: '550' })
  })

  it('is logged, and so are the kind and the reason of a dropped mail', async () => {
    await room.query('delete from emails')
    await room.query('delete from users')
    const [id] = await attempt({})
    assert.deepEqual(lines, [
      {
        level: 'info',
        message: 'mail dropped',
        mail: id,
        kind: 'restore',
        reason: 'no account or registration has the address',
      },
    ])
  })
})
