import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { missingHaproxy } from '../../scripts/faults/haproxy.ts'
import { makeReport } from '../cli/support/bounceReport.ts'
import { createMailRoom, type MailRoom } from '../mail/support/mailRoom.ts'
import { readGuideBlock, runGuideBlock } from '../support/operationsGuide.ts'
import { OwnServer } from '../support/ownServer.ts'
import { skip } from '../support/skip.ts'

const run = promisify(execFile)
const email = 'ann@example.com'
const PATH = `${join(import.meta.dirname, '../../node_modules/.bin')}:${process.env['PATH'] ?? ''}`

describe('the commands and settings in docs/operations.md', function () {
  this.timeout(60_000)
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-guide-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  describe('for mails', () => {
    let room: MailRoom
    let id: string
    before(async () => {
      room = await createMailRoom()
    })
    beforeEach(async () => {
      id = await room.enqueue('restore', email)
    })
    after(() => room.close())

    const runBlock = (block: string, edit: (commands: string) => string) =>
      runGuideBlock(block, { PATH, HOME: folder, DATABASE_URL: room.url }, edit)

    it('list, show, retry and discard a mail', async () => {
      await room.query(`update mails set status = 'failed' where id = $1`, [id])
      await room.query('delete from graphile_worker._private_jobs where key = $1', [id])
      const output = await runBlock('mail', (commands) => commands.replaceAll(/\bID\b/g, id))
      assert.match(
        output,
        new RegExp(`\n${id} [\\s\\S]*is queued, and [\\s\\S]*\nThe mail ${id} will not be sent\\.\n$`),
      )
    })

    it('read notifications from a pipe and from a mailbox', async () => {
      await room.query(`update mails set status = 'sent', sent_at = now() where id = $1`, [id])
      const mailbox = join(folder, 'noreply')
      await writeFile(mailbox, makeReport(id))
      const output = await runBlock('mail-bounces', (commands) =>
        commands.replace('< message', `< ${mailbox}`).replace('/var/mail/noreply', mailbox),
      )
      assert.match(output, /^1 .*suppressed/m)
    })

    it('list the suppressed addresses, and clear one', async () => {
      await room.query(
        `insert into suppressed_addresses (address, source, reason, diagnostic) values ($1, 'smtp', '550', 'no such user')
         on conflict (address) do nothing`,
        [email],
      )
      const output = await runBlock('mail-suppressed', (commands) => commands.replace('EMAIL', email))
      assert.match(output, /ann@example\.com[\s\S]*is no longer suppressed/)
      assert.deepEqual(await room.query('select * from suppressed_addresses'), [])
    })
  })

  it('are valid settings of HAProxy', async function () {
    const missing = missingHaproxy()
    if (missing !== undefined) skip(this, missing)
    const [pem, file] = [join(folder, 'accounts.pem'), join(folder, 'haproxy.cfg')]
    const key = join(folder, 'key.pem')
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost'],
      ...['-days', '1', '-keyout', key, '-out', pem],
    ])
    await run('bash', ['-c', `cat ${key} >> ${pem}`])
    const blocks = await Promise.all(['load-balancer', 'failover-proxy'].map(readGuideBlock))
    const config = `${blocks.join('\n\n')}\n`.replace('/etc/haproxy/accounts.pem', pem)
    await writeFile(file, config)
    await run('/usr/sbin/haproxy', ['-c', '-f', file])
  })

  it('create a database, and the time-outs of a role', async () => {
    const server = await OwnServer.start()
    try {
      await server.query(await readGuideBlock('create-database'))
      await server.query('create role gatehouse_service')
      await server.query(await readGuideBlock('time-outs'))
      const [row] = await server.query(`select rolconfig from pg_roles where rolname = 'gatehouse_service'`)
      assert.deepEqual(row, { rolconfig: ['statement_timeout=10s', 'idle_in_transaction_session_timeout=10s'] })
    } finally {
      await server.stop()
    }
  })
})
