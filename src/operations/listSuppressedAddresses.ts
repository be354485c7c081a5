import { countSuppressedAddresses } from '../../generated/queries.ts'
import { readSuppressedAddresses } from '../domain/mails/suppressedAddresses.ts'
import { countCap, pageMembers, readPage } from '../domain/pagination.ts'
import type { OperationContext, Reply } from './context.ts'
import { asSuppressedAddress } from './views.ts'

export async function listSuppressedAddresses({
  input,
  principal,
  request,
  services,
}: OperationContext<'listSuppressedAddresses'>): Promise<Reply<'listSuppressedAddresses'>> {
  const { page_size: size, cursor } = input.query
  const pageRequest = {
    list: 'listSuppressedAddresses',
    descending: true,
    cursor,
    size,
    orderBy: 'created_at',
  } as const
  const [page, count] = await services.lists.run(principal.user.id, (db) =>
    Promise.all([
      readPage(services.cursors, pageRequest, (slice) => readSuppressedAddresses(db, slice)),
      db.one(countSuppressedAddresses({ cap: countCap + 1 })),
    ]),
  )
  const results = page.rows.map(asSuppressedAddress)
  return { status: 200, body: { ...pageMembers(request.url, page, count), results } }
}
