import { failAndSuppress } from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import { redactError } from '../jobs/redactError.ts'
import { readDeliveryReport } from './deliveryReport.ts'
import { findMissingMailbox } from './missingMailbox.ts'

const maxDiagnostic = 500

/**
 * Records one message that a mailbox for bounces received. Only a notification that names the Message-ID of a mail of
 * this service has an effect, so that a forged notification suppresses no other email address: the ids of mails are
 * known only to their recipients.
 * @returns `suppressed`; `ignored` when the message reports no missing mailbox, `repeated` when the email address of the
 * mail was suppressed before, or the mail is no longer stored
 */
export async function recordBounce(db: Database, message: Buffer): Promise<'suppressed' | 'repeated' | 'ignored'> {
  const report = await readDeliveryReport(message)
  const diagnostic = redactError(report?.diagnostic ?? '').slice(0, maxDiagnostic)
  const reason = report && findMissingMailbox(diagnostic, report.status)
  if (!report || reason === undefined) return 'ignored'
  const row = await db.maybeOne(failAndSuppress({ id: report.mailId, source: 'dsn', reason, diagnostic }))
  return row ? 'suppressed' : 'repeated'
}
