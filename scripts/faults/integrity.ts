import type { Cluster } from './cluster.ts'
import type { MailServer } from './mailServer.ts'
import type { Recorder } from './recorder.ts'

/** Queries that return what half of a transaction would leave behind. */
const queries: Record<string, string> = {
  'a user without email address': `select u.email from users u
    where not exists (select from emails e where e.user_id = u.id and e.kind = 'current')`,
  'an email address without user': `select address from emails e where not exists (select from users u where u.id = e.user_id)`,
  'two email addresses of one user': `select user_id from emails where kind = 'current' group by 1 having count(*) > 1`,
  'two users with one email address': `select lower(email) from users group by 1 having count(*) > 1`,
  'a code without user or registration': `select c.user_id from codes c where used_at is null and about is null
    and not exists (select from users u where u.id = c.user_id)
    and not exists (select from registrations r where r.user_id = c.user_id)`,
  'a code without mail': `select c.mail_id from codes c where not exists (select from mails m where m.id = c.mail_id)`,
  'a session without user': `select s.id from sessions s where not exists (select from users u where u.id = s.user_id)`,
  'a session without login log': `select s.id from sessions s where (select count(*) from login_logs l
    where l.user_id = s.user_id) < (select count(*) from sessions o where o.user_id = s.user_id)`,
  'a sign-in without session': `select l.id from login_logs l where (select count(*) from login_logs o
    where o.user_id = l.user_id) > (select count(*) from sessions s where s.user_id = l.user_id)`,
  'a registration whose user exists': `select r.address from registrations r join users u on u.id = r.user_id`,
  'a registration without mail': `select r.address from registrations r
    where not exists (select from mails m where m.user_id = r.user_id and m.kind = 'activation')`,
  'a mail that waits without job': `select m.id from mails m where status = 'queued' and not exists (
    select from graphile_worker._private_jobs j where j.key = m.id::text)`,
  'a job without mail': `select j.key from graphile_worker._private_jobs j where j.key <> 'clean_up'
    and not exists (select from mails m where m.id::text = j.key)`,
}

/** Checks that the database contains whole transactions only. */
export async function checkIntegrity(database: Cluster, recorder: Recorder): Promise<void> {
  for (const [what, text] of Object.entries(queries)) {
    const rows = await database.query(text)
    if (rows.length > 0) recorder.violate(`${rows.length} times ${what}: ${JSON.stringify(rows.slice(0, 3))}`)
  }
}

type MailRow = { id: string; kind: string; address: string; status: string; last_error: string | null }

/** The kinds of mail that the worker may drop, because a later event has made their code useless. */
const droppable = ['activation', 'restore', 'invitation']

/**
 * Checks that every mail of the outbox has left and arrived at its recipient, under the Message-ID that follows from
 * its id, and that no other mail has arrived.
 * @param mayFail email addresses whose mails the mail server has refused for good
 */
export async function checkMails(
  database: Cluster,
  mailServer: MailServer,
  recorder: Recorder,
  mayFail: readonly string[] = [],
): Promise<void> {
  const rows = await database.query<MailRow>('select id, kind, address, status, last_error from mails')
  const arrived = new Set(mailServer.mails.map(({ messageId, to }) => `${messageId} ${to}`))
  for (const { id, kind, address, status, last_error: reason } of rows) {
    const what = `a mail of the kind ${kind} to ${address}`
    if (status === 'sent' && !arrived.has(`<${id}@accounts.test> ${address}`)) recorder.lose(`${what}, which was sent`)
    else if (status === 'queued') recorder.lose(`${what}, which still waits (${String(reason)})`)
    else if (status === 'failed' && !mayFail.includes(address)) recorder.lose(`${what}: ${String(reason)}`)
    else if (status === 'dropped' && !droppable.includes(kind)) recorder.lose(`${what}, which was dropped`)
  }
  const ids = new Set(rows.map(({ id }) => `<${id}@accounts.test>`))
  for (const { messageId, to } of mailServer.mails)
    if (!ids.has(messageId)) recorder.violate(`a mail to ${to} has the Message-ID ${messageId} of no mail`)
}
