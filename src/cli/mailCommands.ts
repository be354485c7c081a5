import { MAX, validate as isUuid } from 'uuid'
import * as queries from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import * as mailActions from '../domain/accounts/mailActions.ts'
import { parseEmailAddress } from '../domain/emailAddress.ts'
import { countMails, readMails } from '../domain/mails/mailList.ts'
import { readSuppressedAddresses } from '../domain/mails/suppressedAddresses.ts'
import { recordBounce } from '../mail/recordBounce.ts'
import { Problem, StartError } from '../problems.ts'
import { formatTable, toJson, toMinute } from './table.ts'

/** The largest number of rows that a command prints. */
export const maxRows = 100

const latest = { from: { value: 'infinity', id: MAX }, limit: maxRows, descending: true }

export type ListOptions = { status?: string; address?: string; json?: boolean }

export async function list(db: Database, { status, address, json }: ListOptions): Promise<string> {
  const filter = { status, address: address === undefined ? undefined : parseAddress(address) }
  const [results, { count }] = await Promise.all([readMails(db, filter, latest), countMails(db, filter, null)])
  if (json) return toJson({ count, results })
  if (count === 0) return 'No mail matches.'
  const lines = results.map((mail) => [
    mail.id,
    mail.kind,
    mail.address,
    mail.status,
    String(mail.attempts),
    toMinute(mail.created_at),
    mail.last_error ?? '',
  ])
  const table = formatTable(['ID', 'KIND', 'ADDRESS', 'STATUS', 'ATTEMPTS', 'CREATED', 'REASON'], lines)
  return `${table}\n\n${summarize(results.length, count, 'mail')}`
}

export async function show(db: Database, id: string): Promise<string> {
  const mail = await db.maybeOne(queries.showMail({ id: checkId(id) }))
  if (!mail) throw noMail(id)
  const rows = Object.entries(mail).map(([name, value]) => [name, value === null ? '-' : String(value)])
  return formatTable(['FIELD', 'VALUE'], rows)
}

export async function retryOne(db: Database, id: string): Promise<string> {
  await mailActions.retryMail(db, checkId(id), {}).catch(async (error: unknown) => {
    throw await explainRefusal(db, error, id, 'Only failed and queued mails can be retried.')
  })
  return `The mail ${id} is queued, and its next attempt is due now.`
}

export async function retryFailed(db: Database): Promise<string> {
  const count = await mailActions.retryFailedMails(db)
  return count === 0 ? 'No mail has failed.' : `${countOf(count, 'failed mail')} queued again.`
}

export async function discard(db: Database, id: string): Promise<string> {
  await mailActions.discardMail(db, checkId(id), {}).catch(async (error: unknown) => {
    throw await explainRefusal(db, error, id, 'Only queued and failed mails can be discarded.')
  })
  return `The mail ${id} will not be sent.`
}

/** Records the notifications among some messages. */
export async function recordBounces(db: Database, messages: readonly Buffer[]): Promise<string> {
  const counts = { suppressed: 0, repeated: 0, ignored: 0 }
  for (const message of messages) counts[await recordBounce(db, message)]++
  const { suppressed, repeated, ignored } = counts
  return `${countOf(messages.length, 'message')} read: ${suppressed} suppressed an address, ${repeated} changed nothing, ${ignored} reported no missing mailbox of our mails.`
}

export async function listSuppressed(db: Database, json: boolean): Promise<string> {
  const [rows, { count }] = await Promise.all([
    readSuppressedAddresses(db, latest),
    db.one(queries.countSuppressedAddresses({ cap: null })),
  ])
  const results = rows.map(({ id: address, ...row }) => ({ address, ...row }))
  if (json) return toJson({ count, results })
  if (count === 0) return 'No address is suppressed.'
  const lines = results.map((row) => [row.address, row.source, row.reason, toMinute(row.created_at), row.diagnostic])
  const table = formatTable(['ADDRESS', 'SOURCE', 'REASON', 'SINCE', 'DIAGNOSTIC'], lines)
  return `${table}\n\n${summarize(results.length, count, 'address')}`
}

export async function unsuppress(db: Database, email: string): Promise<string> {
  if (!(await mailActions.unsuppressAddress(db, parseAddress(email), {})))
    throw new StartError(`${email} is not suppressed: gatehouse mail suppressed lists the addresses that are.`)
  return `${email} is no longer suppressed: the next mail is sent.`
}

async function explainRefusal(db: Database, error: unknown, id: string, rule: string): Promise<unknown> {
  if (!(error instanceof Problem && ['not_found', 'mail_not_pending'].includes(error.code))) return error
  const mail = await db.maybeOne(queries.showMail({ id }))
  if (!mail) return noMail(id)
  return new StartError(
    mail.running ? `The mail ${id} is being sent now: try again later.` : `The mail ${id} is ${mail.status}. ${rule}`,
  )
}

function noMail(id: string): StartError {
  return new StartError(`There is no mail ${id}: gatehouse mail list shows the ids.`)
}

function checkId(id: string): string {
  if (!isUuid(id)) throw new StartError(`${id} is not the id of a mail: gatehouse mail list shows the ids.`)
  return id
}

function parseAddress(email: string): string {
  const to = parseEmailAddress(email)
  if (!to) throw new StartError(`${email} is not an email address.`)
  return to.address
}

function summarize(shown: number, count: number, noun: string): string {
  return shown < count ? `The latest ${shown} of ${countOf(count, noun)}.` : `${countOf(count, noun)}.`
}

function countOf(count: number, noun: string): string {
  const plural = noun.endsWith('s') ? `${noun}es` : `${noun}s`
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`
}
