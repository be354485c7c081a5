import { importUsers, linkUsers } from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import { recordEvent } from '../domain/events/securityEvents.ts'
import { classify, type Action } from './classify.ts'
import type { Decisions } from './convertUser.ts'
import type { FoundTables } from './findTables.ts'
import type { Progress } from './progress.ts'
import type { Report } from './report.ts'
import { Scratch } from './scratch.ts'
import { readBatches, type Source, type SourceRow } from './source.ts'

export type ImportContext = { db: Database; source: Source; tables: FoundTables; decisions: Decisions }

const batchSize = 1000

/**
 * Checks all users without writing anything, and fills the report with what an import would do.
 * @returns the users who lose a collision of email addresses; the caller closes it
 */
export async function checkUsers(context: ImportContext, report: Report, progress: Progress): Promise<Scratch> {
  const scratch = new Scratch()
  for await (const rows of readUsers(context)) {
    const actions = await classifyRows(context, rows)
    for (const action of actions) record(report, action)
    scratch.add(
      actions.flatMap((action) => {
        // A user who was imported before keeps the address in Gatehouse, whatever it is in the source now.
        if (action.kind !== 'import' && action.kind !== 'link') return []
        const { address, email, legacy_id: legacyId, last_login: lastLogin } = action.user
        return [{ address, email, legacyId, lastLogin }]
      }),
    )
    progress.add(rows.length)
  }
  const { onCollision } = context.decisions
  const outcome = onCollision === 'stop' ? 'undecided' : 'skipped'
  const choice = onCollision === 'first' || onCollision === 'latest' ? onCollision : 'none'
  for (const { winner, losers } of scratch.resolve(choice)) {
    report.users.imported -= losers.length
    report.users.skipped += losers.length
    const kept = winner === undefined ? {} : { detail: `the user ${winner} gets it` }
    for (const loser of losers) report.add(outcome, 'collision', { ...loser, ...kept })
  }
  return scratch
}

/** Imports all users. Each batch is one transaction. */
export async function writeUsers(context: ImportContext, scratch: Scratch, report: Report, progress: Progress) {
  for await (const rows of readUsers(context)) {
    const actions = await writeBatch(context, rows, scratch)
    for (const action of actions) record(report, action)
    progress.add(rows.length)
  }
}

function readUsers({ source, tables: { users } }: ImportContext): AsyncGenerator<SourceRow[]> {
  return readBatches(source, { ...users, key: users.columns.id, size: batchSize })
}

function classifyRows({ db, source, tables: { addresses }, decisions }: ImportContext, rows: readonly SourceRow[]) {
  return classify(db, source, rows, { decisions, addresses })
}

/** An address or a legacy id was taken after the batch was classified. */
class TakenInTheMeantime extends Error {}

async function writeBatch(context: ImportContext, rows: readonly SourceRow[], scratch: Scratch): Promise<Action[]> {
  for (let attempt = 1; ; attempt++) {
    const actions = (await classifyRows(context, rows)).map((action) => refuseLoser(action, scratch))
    try {
      await writeActions(context.db, actions)
      return actions
    } catch (error) {
      if (!(error instanceof TakenInTheMeantime) || attempt === 5) throw error
    }
  }
}

function refuseLoser(action: Action, scratch: Scratch): Action {
  const { entry } = action
  if (action.kind === 'unchanged' || action.kind === 'refused' || !scratch.isLoser(entry.legacy_id)) return action
  return { kind: 'refused', entry, changes: [], outcome: 'skipped', reason: 'collision' }
}

async function writeActions(db: Database, actions: readonly Action[]): Promise<void> {
  const users = actions.flatMap((action) => (action.kind === 'import' ? [action.user] : []))
  const links = actions.flatMap((action) =>
    action.kind === 'link' ? [{ legacy_id: action.entry.legacy_id, user_id: action.userId }] : [],
  )
  if (users.length + links.length === 0) return
  await db.transaction(async (transaction) => {
    const created = await transaction.any(importUsers({ users }))
    const linked = await transaction.any(linkUsers({ links }))
    if (created.length < users.length || linked.length < links.length) throw new TakenInTheMeantime()
    for (const { id, is_superuser } of created)
      if (is_superuser) await recordEvent(transaction, 'superuser_granted', { userId: id })
  })
}

function record(report: Report, action: Action): void {
  const { users } = report
  users.read++
  if (action.kind === 'refused') {
    const { outcome, reason, entry, detail } = action
    users.skipped++
    report.add(outcome, reason, detail === undefined ? entry : { ...entry, detail })
    return
  }
  if (action.kind === 'unchanged') users.unchanged++
  else if (action.kind === 'link') users.linked++
  else users.imported++
  for (const { reason, detail } of action.changes)
    report.add('changed', reason, detail === undefined ? action.entry : { ...action.entry, detail })
}
