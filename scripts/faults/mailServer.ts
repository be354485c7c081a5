import { once } from 'node:events'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import { choosePort } from './port.ts'

/** A mail that the server has acknowledged. */
export type StoredMail = { to: string; messageId: string; code: string | undefined; arrivedAt: number }

export type Stage = 'connect' | 'mail' | 'rcpt' | 'data'

/**
 * What the server does wrong at a stage of each delivery: it replies with a code, does not reply, or closes the
 * connection. `address` restricts the stage `rcpt` to one recipient. At the stage `data`, the server
 * misbehaves after it has received the whole mail, and does not store it.
 */
export type Misbehaviour = { stage: Stage; reply: number | 'stall' | 'drop'; address?: string }

type Callback = (error?: Error | null) => void

/** An SMTP server that can refuse, stall and drop mails at each stage. It stores the mails that it acknowledges. */
export class MailServer {
  readonly mails: StoredMail[] = []
  misbehaviour: Misbehaviour | undefined
  /** How often the server has misbehaved. */
  refusals = 0
  /** Called when a mail has arrived and before it is acknowledged. */
  onArrival: (() => void) | undefined
  port = 0
  #server: SMTPServer | undefined

  async start(): Promise<void> {
    this.port ||= await choosePort()
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      disableReverseLookup: true,
      closeTimeout: 100,
      socketTimeout: 120_000,
      onConnect: (session, done) => {
        this.#answer('connect', session, done)
      },
      onMailFrom: (_address, session, done) => {
        this.#answer('mail', session, done)
      },
      onRcptTo: ({ address }, session, done) => {
        this.#answer('rcpt', session, done, address)
      },
      onData: (stream, session, done) => {
        let text = ''
        stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
        stream.on('end', () => {
          this.onArrival?.()
          this.#answer('data', session, (error) => {
            if (!error) this.#store(session, text)
            done(error)
          })
        })
      },
    })
    server.on('error', () => undefined) // a service that is killed resets its connections
    server.listen(this.port, '127.0.0.1')
    await once(server.server, 'listening')
    this.#server = server
  }

  /** Closes the port and every connection. `start` opens the same port again. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    const closed = once(server.server, 'close')
    server.close()
    await closed
  }

  mailsTo(email: string): StoredMail[] {
    return this.mails.filter(({ to }) => to === email)
  }

  #answer(stage: Stage, session: SMTPServerSession, done: Callback, recipient?: string): void {
    const { misbehaviour } = this
    const { address = recipient } = misbehaviour ?? {}
    if (misbehaviour?.stage !== stage || address !== recipient) {
      done()
      return
    }
    this.refusals++
    if (misbehaviour.reply === 'drop') this.#drop(session)
    else if (misbehaviour.reply !== 'stall')
      done(Object.assign(new Error('refused by the test of faults'), { responseCode: misbehaviour.reply }))
  }

  /** Closes the connection of a session. smtp-server offers no method for this. */
  #drop({ id }: SMTPServerSession): void {
    const connections = (this.#server as unknown as { connections: Set<{ id: string; close(): void }> }).connections
    for (const connection of connections) if (connection.id === id) connection.close()
  }

  #store({ envelope }: SMTPServerSession, text: string): void {
    const [, messageId = ''] = /^Message-ID: *(\S+)/im.exec(text) ?? []
    const decoded = text.replaceAll('=\r\n', '').replaceAll('=3D', '=')
    const [, code] = /[?&]code=([\w-]+)/.exec(decoded) ?? []
    for (const { address } of envelope.rcptTo)
      this.mails.push({ to: address, messageId, code, arrivedAt: performance.now() })
  }
}
