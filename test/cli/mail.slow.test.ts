import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NIL } from 'uuid'
import { gatehouse, type Outcome } from '../support/command.ts'
import { makeReport } from './support/bounceReport.ts'
import { createMailRoom, type MailRoom } from '../mail/support/mailRoom.ts'

const ann = 'ann@example.com'

describe('gatehouse mail', () => {
  let room: MailRoom
  let folder: string
  before(async () => {
    room = await createMailRoom()
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-mail-'))
  })
  beforeEach(async () => {
    await room.query('truncate users, emails, mails, codes, suppressed_addresses, security_events')
    await room.query('delete from graphile_worker._private_jobs')
  })
  after(async () => {
    await room.close()
    await rm(folder, { recursive: true, force: true })
  })

  const mail = (...args: string[]) => gatehouse(folder, { DATABASE_URL: room.url }, 'mail', ...args)
  const said = (stdout: string): Outcome => ({ code: 0, stdout: `${stdout}\n`, stderr: '' })
  const refused = (stderr: string): Outcome => ({ code: 1, stdout: '', stderr: `${stderr}\n` })
  async function addMail(status = 'queued', address = ann): Promise<string> {
    const id = await room.enqueue('restore', address)
    await room.query('update mails set status = $2, last_error = $3 where id = $1', [id, status, 'a reason'])
    if (status !== 'queued') await room.query('delete from graphile_worker._private_jobs where key = $1', [id])
    return id
  }
  /** The security events of operators, with the user whom each concerns. */
  const events = () =>
    room.query<{ type: string; user_id: string }>(
      `select type, user_id from security_events
       where actor_id is null and ip_address is null and user_agent is null order by type, user_id`,
    )
  const jobs = () => room.query<{ key: string }>('select key from graphile_worker._private_jobs order by key')
  const bounce = async (content: string) => {
    const file = join(folder, 'bounces')
    await writeFile(file, content)
    return mail('bounces', file)
  }

  it('lists mails, the newest first, filtered by status or address, and their number', async () => {
    const [first, second] = [await addMail('failed'), await addMail('queued', 'ben@example.com')]
    const { stdout } = await mail('list')
    assert.match(stdout, new RegExp(`^ID .*REASON\n${second} .*ben@example\\.com .*\n${first} .*\n\n2 mails\\.\n$`))
    for (const args of [
      ['--status', 'failed'],
      ['--address', 'ANN@example.com'],
    ])
      assert.match((await mail('list', ...args)).stdout, new RegExp(`\n${first}  restore .* a reason\n\n1 mail\\.\n$`))
    assert.deepEqual(await mail('list', '--status', 'sent'), said('No mail matches.'))
    const { count, results } = JSON.parse((await mail('list', '--json')).stdout) as { count: number; results: object[] }
    assert.deepEqual([count, results.length], [2, 2])
  })

  it('lists at most 100 mails', async () => {
    await room.query(
      `insert into mails (id, kind, address) select gen_random_uuid(), 'restore', 'x@example.com' from generate_series(1, 120)`,
    )
    const { stdout } = await mail('list')
    assert.match(stdout, /\n\nThe latest 100 of 120 mails\.\n$/)
    assert.equal(stdout.trimEnd().split('\n').length, 103)
  })

  it('shows a mail and its next attempt', async () => {
    const { stdout } = await mail('show', await addMail())
    assert.match(stdout, /\nkind +restore\n(.*\n)*last_error +a reason\n(.*\n)*next_attempt_at +\d{4}-.*\n/)
  })

  it('queues one failed mail or all failed mails again', async () => {
    const ids = [await addMail('failed'), await addMail('failed'), await addMail('failed')]
    const [one = ''] = ids
    assert.deepEqual(await mail('retry', one), said(`The mail ${one} is queued, and its next attempt is due now.`))
    assert.deepEqual(await jobs(), [{ key: one }])
    assert.deepEqual(await mail('retry', '--failed'), said('2 failed mails queued again.'))
    assert.deepEqual(
      await jobs(),
      ids.map((key) => ({ key })),
    )
    for (const id of ids) assert.equal((await room.readMail(id)).status, 'queued')
    assert.deepEqual(await mail('retry', '--failed'), said('No mail has failed.'))
  })

  it('refuses to retry a mail that was sent or is being sent', async () => {
    const [sent, running] = [await addMail('sent'), await addMail()]
    await room.query(`update graphile_worker._private_jobs set locked_at = now(), locked_by = 'w' where key = $1`, [
      running,
    ])
    const rule = 'Only failed and queued mails can be retried.'
    assert.deepEqual(await mail('retry', sent), refused(`The mail ${sent} is sent. ${rule}`))
    for (const command of ['retry', 'discard'])
      assert.deepEqual(await mail(command, running), refused(`The mail ${running} is being sent now: try again later.`))
  })

  it('discards a queued mail, and erases its address if no user has it', async () => {
    const id = await addMail()
    assert.deepEqual(await mail('discard', id), said(`The mail ${id} will not be sent.`))
    assert.deepEqual(await jobs(), [])
    assert.deepEqual(await room.query('select status, address from mails'), [{ status: 'dropped', address: '' }])
  })

  it('records the events that the API records, in the transaction of each change', async () => {
    const user_id = await room.addUser({ address: ann })
    const [mine, failed] = [await room.enqueue('restore', ann, user_id), await room.enqueue('restore', ann, user_id)]
    const foreign = [await addMail('failed', 'ben@example.com'), await room.enqueue('activation', ann, NIL)]
    for (const id of [failed, ...foreign]) await room.query(`update mails set status = 'failed' where id = $1`, [id])
    await room.query(`insert into suppressed_addresses values ($1, 'smtp', '5.1.1', '', now())`, [ann])
    const commands = [
      ['retry', mine],
      ['retry', '--failed'],
      ['discard', mine],
      ['unsuppress', ann],
    ] as const
    await room.query(`
      create function refuse() returns trigger language plpgsql as 'begin raise exception ''refused by a test''; end';
      create trigger refuse before insert on security_events for each row execute function refuse()`)
    const snapshot = () =>
      room.query('select id, status from mails union all select null, address from suppressed_addresses order by 1')
    const before = await snapshot()
    for (const command of commands) assert.notEqual((await mail(...command)).code, 0, command.join(' '))
    assert.deepEqual(await snapshot(), before)
    await room.query('drop function refuse cascade')
    for (const command of commands) assert.equal((await mail(...command)).code, 0, command.join(' '))
    assert.deepEqual(await events(), [
      { type: 'email_unsuppressed', user_id },
      { type: 'mail_discarded', user_id },
      { type: 'mail_retried', user_id: NIL },
      { type: 'mail_retried', user_id: NIL },
      { type: 'mail_retried', user_id },
      { type: 'mail_retried', user_id },
    ])
  })

  it('records no security event if nothing changes', async () => {
    const sent = await addMail('sent')
    for (const command of [
      ['retry', sent],
      ['discard', sent],
      ['unsuppress', ann],
    ])
      assert.equal((await mail(...command)).code, 1)
    assert.equal((await mail('retry', '--failed')).code, 0)
    assert.deepEqual(await events(), [])
  })

  it('refuses wrong arguments with an error of one sentence', async () => {
    for (const [args, sentence] of [
      [['retry'], 'Name the id of one mail, or --failed.'],
      [['retry', 'x', '--failed'], 'Name the id of one mail, or --failed.'],
      [['show', 'x'], 'x is not the id of a mail: gatehouse mail list shows the ids.'],
      [['unsuppress', ann], `${ann} is not suppressed: gatehouse mail suppressed lists the addresses that are.`],
      [['list', '--address', 'x'], 'x is not an email address.'],
      [['bounces', '/dev'], '/dev is not a Maildir folder: neither new nor cur can be read in it.'],
      [['bounces', '/nonexistent'], '/nonexistent does not exist: name a file with messages, a Maildir folder, or - .'],
    ] as const)
      assert.deepEqual(await mail(...args), refused(sentence))
  })

  it('suppresses the address of a bounced mail, lists it, and stops suppressing it', async () => {
    const id = await addMail('sent')
    const result = (suppressed: number, repeated: number) =>
      said(
        `1 message read: ${suppressed} suppressed an address, ${repeated} changed nothing, 0 reported no missing mailbox of our mails.`,
      )
    assert.deepEqual(await bounce(makeReport(id)), result(1, 0))
    assert.deepEqual(await bounce(makeReport(id)), result(0, 1))
    assert.equal((await room.readMail(id)).status, 'failed')
    const { stdout } = await mail('suppressed')
    assert.match(
      stdout,
      /^ADDRESS .*\nann@example\.com  dsn +5\.1\.1 .*550 5\.1\.1 no such user …?.*\n\n1 address\.\n$/,
    )
    assert.match((await mail('suppressed', '--json')).stdout, /"count": 1/)
    assert.deepEqual(await mail('unsuppress', ann), said(`${ann} is no longer suppressed: the next mail is sent.`))
    assert.deepEqual(await mail('suppressed'), said('No address is suppressed.'))
  })

  it('reads bounces from an mbox file and a Maildir folder', async () => {
    const ids = [await addMail('sent'), await addMail('sent', 'ben@example.com')] as const
    const mbox = ids.map((id) => `From MAILER-DAEMON Thu Jan  1 00:00:00 2026\r\n${makeReport(id)}\r\n`).join('')
    assert.match((await bounce(mbox)).stdout, /^2 messages read: 2 suppressed/)
    await room.query('truncate suppressed_addresses')
    await mkdir(join(folder, 'maildir', 'new'), { recursive: true })
    for (const id of ids) await writeFile(join(folder, 'maildir', 'new', id), makeReport(id))
    assert.match((await mail('bounces', join(folder, 'maildir'))).stdout, /^2 messages read: 2 suppressed/)
  })

  it('suppresses no address because of a message that is no permanent bounce', async () => {
    const id = await addMail('sent')
    const messages = [
      makeReport('01980000-0000-7000-8000-000000000000'),
      makeReport(id, { action: 'delayed' }),
      makeReport(id, { status: '4.4.1', reply: '451 later' }),
      makeReport(id, { status: '5.2.2', reply: '552 5.2.2 mailbox full' }),
      makeReport(id, { status: '5.7.1', reply: '554 5.7.1 policy' }),
      makeReport(id).replace('multipart/report', 'multipart/mixed'),
      `Subject: Message-ID: <${id}@accounts.example.com>\r\n\r\nStatus: 5.1.1`,
      '\0\xff',
      '',
    ]
    for (const message of messages) assert.equal((await bounce(message)).code, 0)
    assert.deepEqual(await room.query('select from suppressed_addresses'), [])
    assert.equal((await room.readMail(id)).status, 'sent')
  })
})
