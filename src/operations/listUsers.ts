import { requireEmailAddress } from '../domain/emailAddress.ts'
import { pageMembers, readPage } from '../domain/pagination.ts'
import { selectUsers } from '../domain/accounts/userList.ts'
import type { OperationContext, Reply } from './context.ts'
import { asAdminUser } from './getUser.ts'

export async function listUsers({
  input,
  principal,
  request,
  services,
}: OperationContext<'listUsers'>): Promise<Reply<'listUsers'>> {
  const { email, search, is_active: isActive, is_superuser: isSuperuser, ordering } = input.query
  const { page_size: size, cursor } = input.query
  const address = email === undefined ? undefined : requireEmailAddress(email).address
  const by = ordering.endsWith('email') ? 'email' : 'date_joined'
  const asked = {
    list: `listUsers ${ordering}`,
    descending: ordering.startsWith('-'),
    cursor,
    size,
    by,
    of: by === 'email' ? 'texts' : 'moments',
  } as const
  const [page, count] = await services.lists.run(principal.user.id, async (db) => {
    const users = await selectUsers(db, { address, search, isActive, isSuperuser })
    return Promise.all([readPage(services.cursors, asked, users.scan(by)), users.count()])
  })
  return { status: 200, body: { ...pageMembers(request.url, page, count), results: page.rows.map(asAdminUser) } }
}
