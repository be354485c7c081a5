import { once } from 'node:events'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { AddressInfo } from 'node:net'

export type Reply = { code: number; text: string }

/** Starts a mail server on the loopback. Tests set its replies, and it keeps the mails that it accepted. */
export async function startSmtpServer(options: SMTPServerOptions = {}) {
  const state = {
    /** The recipients (RCPT TO) of each mail. */
    recipients: [] as string[][],
    messages: [] as string[],
    /** The replies with which the server refuses every recipient, or every content. */
    refuseRecipient: undefined as Reply | undefined,
    refuseContent: undefined as Reply | undefined,
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onMailFrom: (_address, _session, callback) => {
      state.recipients.push([])
      callback()
    },
    onRcptTo: ({ address }, _session, callback) => {
      state.recipients.at(-1)?.push(address)
      callback(toError(state.refuseRecipient))
    },
    onData: (stream, _session, callback) => {
      let text = ''
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
      stream.on('end', () => {
        if (!state.refuseContent) state.messages.push(text)
        callback(toError(state.refuseContent))
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  const mail = { kind: 'smtp', host: '127.0.0.1', port, secure: false, requireTls: false } as const
  return {
    state,
    mail: { ...mail, user: undefined, password: undefined },
    async stop(): Promise<void> {
      const closed = once(server.server, 'close')
      server.close()
      await closed
    },
  }
}

function toError(reply: Reply | undefined): Error | null {
  return reply ? Object.assign(new Error(reply.text), { responseCode: reply.code }) : null
}
