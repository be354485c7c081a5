import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { runCommandLine } from '../../src/cli/commandLine.ts'

const program = new URL('../../src/cli/gatehouse', import.meta.url).pathname

describe('gatehouse shadow (command)', () => {
  /** Starts a server that answers every request with this body. */
  async function serve(body: object) {
    const server = createServer((_, reply) => {
      reply.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }

  for (const [options, expected] of [
    [[], /^Proxy .*\nGET \/api\/v1\/users\/me\/ {2}different: first_name\nCompared +0 equal, 1 different, 0 without/],
    [['--values'], /different: first_name: "Ann" in Django, "Anna" in Gatehouse\n/],
    [['--ignore', 'email,first_name'], /^Proxy .*\nCompared +1 equal, 0 different/],
  ] as const)
    it(`reports differences and counts them: ${options.join(' ')}`, async () => {
      const [django, gatehouse] = await Promise.all([serve({ first_name: 'Ann' }), serve({ first_name: 'Anna' })])
      const given = ['shadow', '--django', django.url, '--gatehouse', gatehouse.url, '--port', '0', ...options]
      const child = spawn(program, given, { stdio: ['ignore', 'pipe', 'inherit'] })
      try {
        const [first] = (await once(child.stdout, 'data')) as [Buffer]
        const proxy = /http:\S+/.exec(String(first))?.[0] ?? ''
        const reply = await fetch(`${proxy}/api/v1/users/me/`, { headers: { Connection: 'close' } })
        assert.deepEqual(await reply.json(), { first_name: 'Anna' })
        setTimeout(() => child.kill(), 300)
        assert.match(String(first) + (await text(child.stdout)), expected)
      } finally {
        child.kill('SIGKILL')
        for (const { server } of [django, gatehouse]) server.close().closeAllConnections()
      }
    })

  it('refuses values that are no URL or port, and the lack of --django', async () => {
    for (const [args, sentence] of [
      [['--django', 'ftp://x'], /must be a URL with http or https/],
      [['--django', 'http://x', '--port', '70000'], /must be a port/],
      [[], /--django <url>/],
    ] as const) {
      const errors: string[] = []
      const terminal = { environment: {}, folder: '.', isInteractive: false, print: () => undefined }
      const printError = (line: string) => errors.push(line)
      assert.equal(await runCommandLine(['shadow', ...args], { ...terminal, printError }), 1)
      assert.match(errors.join('\n'), sentence)
    }
  })
})
