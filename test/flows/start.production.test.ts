import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { startSmtpServer } from '../mail/support/smtpServer.ts'
import { StartRoom } from '../support/start.ts'

describe('npm start in production', function () {
  this.timeout(60_000)
  const room = new StartRoom()
  const production = { NODE_ENV: 'production', SECRET_KEY: 'a secret key that is long enough for production' }

  const stuck = createServer()
  let smtp: Awaited<ReturnType<typeof startSmtpServer>>
  const smtpEvents = new EventEmitter()

  before(async () => {
    smtp = await startSmtpServer({ onClose: () => smtpEvents.emit('checked') })
    stuck.listen(0, '127.0.0.1')
    await once(stuck, 'listening')
  })
  after(async () => {
    stuck.close()
    await smtp.stop()
  })

  it('warns of each unsafe setting, and does not wait for a mail server', async () => {
    const connected = once(stuck, 'connection') as Promise<[Socket]>
    const { port } = stuck.address() as AddressInfo
    const service = room.start({
      ...production,
      HOST_FOR_SEND_MAIL: 'http://accounts.test',
      EMAIL_HOST: '127.0.0.1',
      EMAIL_PORT: String(port),
      RATE_LIMITS: 'off',
      PASSWORD_BLOCK_LIST: 'off',
    })
    await service.url()
    assert.match(service.stdout, /^Passwords {2}no block list$/m)
    const [socket] = await connected
    const settings = [
      'HOST_FOR_SEND_MAIL is without https: ',
      'The database is the embedded one',
      'RATE_LIMITS is off: ',
      'PASSWORD_BLOCK_LIST is off: ',
    ]
    assertWarnings(service.stderr, settings)
    // Without a greeting, each of the next connections would take the greeting's time-out of 10 s.
    stuck.on('connection', (next: Socket) => next.destroy())
    socket.destroy()
    const warning = `The SMTP server 127.0.0.1:${port} accepts no mails now (`
    await service.says('stderr', /SMTP.*\n/)
    service.kill('SIGTERM')
    assert.equal(await service.ended, 0)
    assertWarnings(service.stderr, [...settings, warning])
  })

  it('prints no warning for safe settings', async () => {
    const checked = once(smtpEvents, 'checked')
    const service = room.startOnDatabase({
      ...production,
      HOST_FOR_SEND_MAIL: 'https://accounts.test',
      EMAIL_HOST: smtp.mail.host,
      EMAIL_PORT: String(smtp.mail.port),
    })
    await service.url()
    assert.match(service.stdout, /^Passwords {2}block list of \d{5} common ones$/m)
    await checked
    service.kill('SIGTERM')
    assert.equal(await service.ended, 0)
    assert.deepEqual([service.stderr, smtp.state.recipients], ['', []])
  })

  it('warns of a mail server without SMTPUTF8', async () => {
    const plain = await startSmtpServer({ hideSMTPUTF8: true })
    try {
      const service = room.startOnDatabase({
        ...production,
        HOST_FOR_SEND_MAIL: 'https://accounts.test',
        EMAIL_HOST: plain.mail.host,
        EMAIL_PORT: String(plain.mail.port),
      })
      await service.says('stderr', /SMTPUTF8.*\n/)
      service.kill('SIGTERM')
      assert.equal(await service.ended, 0)
      const server = `The SMTP server 127.0.0.1:${plain.mail.port}`
      assertWarnings(service.stderr, [
        `${server} does not offer SMTPUTF8, so addresses with letters beyond A to Z before the @ get no mails. They cannot register.`,
      ])
    } finally {
      await plain.stop()
    }
  })
})

/** Asserts that stderr contains these warnings, one a line, and no other line. */
function assertWarnings(stderr: string, expected: string[]): void {
  const lines = stderr.trimEnd().split('\n')
  assert.equal(lines.length, expected.length, stderr)
  for (const [index, begin] of expected.entries()) assert.ok(lines[index]?.startsWith(`Warning: ${begin}`), stderr)
}
