import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const advisory = {
  id: 1,
  url: 'https://github.com/advisories/GHSA-0000-test-0000',
  title: 'Opens every door',
  severity: 'high',
  vulnerable_versions: '<999',
  cwe: [],
  cvss: { score: 7 },
}

describe('npm run audit', () => {
  let registry: Server
  let reply: { status: number; body: unknown }
  before(async () => {
    registry = createServer((request, response) => {
      const isAudit = request.method === 'POST' // other requests are for packages, and this registry has none
      request.resume().on('end', () => {
        response.writeHead(isAudit ? reply.status : 404, { 'Content-Type': 'application/json' })
        response.end(JSON.stringify(isAudit ? reply.body : {}))
      })
    })
    await once(registry.listen(0, '127.0.0.1'), 'listening')
  })
  after(() => registry.close())

  /** Runs the audit with the registry above, whose address npm reads from the environment. */
  function audit(status: number, body: unknown): Promise<{ code: unknown; stdout: string; stderr: string }> {
    reply = { status, body }
    const { port } = registry.address() as AddressInfo
    const npm = { npm_config_registry: `http://127.0.0.1:${port}/`, npm_config_fetch_retries: '0' }
    const env = { ...process.env, ...npm }
    return new Promise((resolve) => {
      execFile(process.execPath, [join(root, 'scripts/supplyChain/audit.ts')], { env }, (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, stdout, stderr })
      })
    })
  }

  it('passes if no vulnerability is known', async () => {
    const { code, stdout } = await audit(200, {})
    assert.match(stdout, /^[5-9]\d\d packages, 0 known vulnerabilities, 0 of them accepted\n$/)
    assert.equal(code, 0)
  })

  it('fails for a vulnerability that is not accepted, and names it', async () => {
    const { code, stdout, stderr } = await audit(200, { nodemailer: [advisory] })
    assert.equal(stderr, 'nodemailer <999: high, Opens every door (GHSA-0000-test-0000)\n')
    assert.match(stdout, / packages, 1 known vulnerabilities, 0 of them accepted\n$/)
    assert.equal(code, 1)
  })

  it('exits with 75 if the registry does not answer', async () => {
    for (const status of [405, 500]) {
      const { code, stdout, stderr } = await audit(status, {})
      assert.match(
        stderr,
        new RegExp(`^The registry did not answer, so nothing is known of vulnerabilities: ${status} `),
      )
      assert.deepEqual([code, stdout], [75, ''])
    }
  })
})
