import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startSmtpServer } from '../mail/support/smtpServer.ts'
import { StartRoom, type LogLine, type Start } from '../support/start.ts'

describe('npm start in production', function () {
  this.timeout(60_000)
  const room = new StartRoom()
  const production = {
    NODE_ENV: 'production',
    SECRET_KEY: 'a secret key that is long enough for production',
    SHUTDOWN_DELAY: '0',
  }

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

  it('warns of each unsafe setting, and does not wait for an unresponsive mail server', async () => {
    const sockets: Socket[] = []
    let isStuck = true
    stuck.on('connection', (socket: Socket) => (isStuck ? sockets.push(socket) : socket.destroy()))
    const connected = once(stuck, 'connection')
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
    assert.equal((await service.logs(/^service started$/))['passwords'], 'no block list')
    await connected
    const settings = [
      'The database is the embedded one',
      'HOST_FOR_SEND_MAIL is without https: ',
      'RATE_LIMITS is off: ',
      'PASSWORD_BLOCK_LIST is off: ',
    ]
    assertWarnings(service, settings)
    // Ends all connections, and later ones at once. Without a greeting, the service would wait 10 s on each.
    isStuck = false
    for (const socket of sockets) socket.destroy()
    const warning = `The SMTP server 127.0.0.1:${port} accepts no mails now (`
    await service.logs(/SMTP/)
    service.kill('SIGTERM')
    assert.equal(await service.ended, 0)
    assertWarnings(service, [...settings, warning])
  })

  it('prints only log lines, and no warning if the settings are safe', async () => {
    const checked = once(smtpEvents, 'checked')
    const service = room.startOnDatabase({
      ...production,
      HOST_FOR_SEND_MAIL: 'https://accounts.test',
      EMAIL_HOST: smtp.mail.host,
      EMAIL_PORT: String(smtp.mail.port),
    })
    await service.url()
    await checked
    service.kill('SIGTERM')
    assert.equal(await service.ended, 0)
    assertWarnings(service, [])
    assert.deepEqual(smtp.state.recipients, [])
    const { version } = JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8')) as LogLine
    const own = service.log.filter((line) => line['version'] === version)
    assert.deepEqual(
      own.map(({ msg }) => msg),
      ['service started', 'service stopping', 'service stopped'],
    )
    assert.match(String(own[0]?.['passwords']), /^block list of \d{5} common ones$/)
    assert.match(String(own[0]?.['database']), /^gatehouse@.+:\d+\//)
    assert.deepEqual([own[1]?.['signal'], own[2]?.['code']], ['SIGTERM', 0])
  })

  it('warns of a mail server that does not support SMTPUTF8', async () => {
    const plain = await startSmtpServer({ hideSMTPUTF8: true })
    try {
      const service = room.startOnDatabase({
        ...production,
        HOST_FOR_SEND_MAIL: 'https://accounts.test',
        EMAIL_HOST: plain.mail.host,
        EMAIL_PORT: String(plain.mail.port),
      })
      await service.logs(/SMTPUTF8/)
      service.kill('SIGTERM')
      assert.equal(await service.ended, 0)
      const server = `The SMTP server 127.0.0.1:${plain.mail.port}`
      assertWarnings(service, [
        `${server} does not offer SMTPUTF8, so addresses with letters beyond A to Z before the @ get no mails. They cannot register.`,
      ])
    } finally {
      await plain.stop()
    }
  })
})

/** Asserts that these are the warnings in the log, and that the service has printed nothing else than the log. */
function assertWarnings({ log, stdout, stderr }: Start, expected: string[]): void {
  const warnings = log.filter(({ level }) => level >= 40).map(({ msg }) => msg)
  assert.equal(warnings.length, expected.length, warnings.join('\n'))
  for (const [index, begin] of expected.entries()) assert.equal(warnings[index]?.slice(0, begin.length), begin)
  assert.deepEqual([stdout, stderr], ['', ''])
}
