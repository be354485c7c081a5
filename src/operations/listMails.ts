import { requireEmailAddress } from '../domain/emailAddress.ts'
import { countMails, readMails } from '../domain/mails/mailList.ts'
import { countCap, pageMembers, readPage } from '../domain/pagination.ts'
import type { OperationContext, Reply } from './context.ts'
import { asMail } from './views.ts'

export async function listMails({
  input,
  principal,
  request,
  services,
}: OperationContext<'listMails'>): Promise<Reply<'listMails'>> {
  const { status, email, page_size: size, cursor } = input.query
  const filter = { status, address: email === undefined ? undefined : requireEmailAddress(email).address }
  const pageRequest = { list: 'listMails', descending: true, cursor, size, orderBy: 'created_at' } as const
  const [page, count] = await services.lists.run(principal.user.id, (db) =>
    Promise.all([
      readPage(services.cursors, pageRequest, (slice) => readMails(db, filter, slice)),
      countMails(db, filter, countCap + 1),
    ]),
  )
  return { status: 200, body: { ...pageMembers(request.url, page, count), results: page.rows.map(asMail) } }
}
