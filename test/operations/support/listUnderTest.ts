import { operationRoutes } from '../../support/operations.ts'
import type { OperationId, TestService } from '../../support/service.ts'
import type { Person } from '../../support/users.ts'
import type { ListReader, Query } from './listReader.ts'

/** A query of a list, with the SQL condition for the rows that it returns. $1 is the id of the reader. */
export type Selection = { title: string; query: Query; where: string; reader?: 'superuser' }

export const listIds = [
  'listLoginLogs',
  'listSecurityEvents',
  'listSessions',
  'listUsers',
  'listUserSessions',
  'listMails',
] as const satisfies OperationId[]
type ListId = (typeof listIds)[number]

/** What the common tests of lists need to know about one list. */
export type ListUnderTest = {
  operationId: ListId
  table: 'login_logs' | 'mails' | 'security_events' | 'sessions' | 'users'
  /** The tables that are emptied before each test. */
  tables: string
  /** The `order by` of each value of the parameter `ordering`, the default first; '' is a list without the parameter. */
  orders: Record<string, string>
  forSuperusers: boolean
  /** How many rows a new user finds in the list. */
  initialRows: 0 | 1
  /** Appends rows that the reader sees. Always `together` of them have the same timestamp. */
  insert: (service: TestService, reader: Person, count: number, together: number) => Promise<unknown>
  /** Inserts a row that comes first in the default order. */
  insertLatest: (service: TestService, reader: Person) => Promise<unknown>
  /** The statement that removes the rows with the ids $1 from the list. */
  removal: string
  /** First everything that the reader sees, then other queries whose pages the tests read. */
  selections: [Selection, ...Selection[]]
  /** The selection whose parameters the URLs of further pages keep. */
  kept: Selection
  /** Values that a parameter refuses, in addition to those of `cursor` and `page_size`. */
  refused: Record<string, string[]>
}

/** The list on a running service, with a reader and a superuser. They are the same if only superusers may read it. */
export type OpenList = ListUnderTest & {
  service: TestService
  user: Person
  superuser: Person
  reader: ListReader
  /** Fills the list up to a number of rows for the reader. */
  fill: (rows: number, together?: number) => Promise<void>
  /** Returns the ids of a selection in one of the list's orders. */
  idsInOrder: (order: string | undefined, selection?: Selection) => Promise<string[]>
}

/** Returns the path of a list. A list of the records of one user is read for its reader. */
export function listPath(operationId: OperationId, { id }: { id: string }): string {
  return operationRoutes[operationId].path.replace('{user_id}', id)
}
