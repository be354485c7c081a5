import { requireEmailAddress } from '../domain/emailAddress.ts'
import { pageMembers, readPage } from '../domain/pagination.ts'
import { countUsers, prepareSearch, readUsers } from '../domain/accounts/userList.ts'
import type { OperationContext, Reply } from './context.ts'
import { asAdminUser } from './views.ts'

export async function listUsers({
  input,
  principal,
  request,
  services,
}: OperationContext<'listUsers'>): Promise<Reply<'listUsers'>> {
  const { email, legacy_id: legacyId, search, is_active: isActive, is_superuser: isSuperuser, ordering } = input.query
  const { page_size: size, cursor } = input.query
  const address = email === undefined ? undefined : requireEmailAddress(email).address
  const orderBy = ordering.endsWith('email') ? 'email' : 'date_joined'
  const pageRequest = {
    list: `listUsers ${ordering}`,
    descending: ordering.startsWith('-'),
    cursor,
    size,
    orderBy,
    valueType: orderBy === 'email' ? 'text' : 'timestamp',
  } as const
  const [page, count] = await services.lists.run(principal.user.id, async (db) => {
    const userSearch = await prepareSearch(db, { address, legacyId, search, isActive, isSuperuser })
    return Promise.all([
      readPage(services.cursors, pageRequest, (slice) => readUsers(db, userSearch, { orderBy, ...slice })),
      countUsers(db, userSearch),
    ])
  })
  return { status: 200, body: { ...pageMembers(request.url, page, count), results: page.rows.map(asAdminUser) } }
}
