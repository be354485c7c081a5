import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Opens connections that send the header section of a request byte by byte. The service may close them. */
export async function openSlowClients(port: number, number: number) {
  const text = `GET /health/live HTTP/1.1\r\nHost: accounts.test\r\nX-Slow: ${'x'.repeat(1000)}`
  let refused = 0
  const sockets: Socket[] = []
  for (let opened = 0; opened < number; opened += 50)
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const socket = connect(port, '127.0.0.1')
        sockets.push(socket)
        const isOpen = await once(socket, 'connect').then(
          () => true,
          () => false,
        )
        socket.on('error', () => undefined)
        if (!isOpen) refused++
      }),
    )
  let sent = 0
  const timer = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write(text[sent % text.length] ?? '')
    sent++
  }, 500)
  return {
    async close() {
      clearInterval(timer)
      for (const socket of sockets) socket.destroy()
      return Promise.resolve({ refused })
    },
  }
}
