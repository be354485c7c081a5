import type { TestService } from '../../support/service.ts'
import type { Person } from '../../support/users.ts'
import type { ListReader, Query } from './listReader.ts'

/** A selection of a list: its query, and the SQL condition on the rows that it shows. $1 is the id of the reader. */
export type Selection = { title: string; query: Query; where: string; reader?: 'superuser' }

/** What the tests of all lists need to know of one list. */
export type ListUnderTest = {
  operationId: 'listLoginLogs' | 'listSecurityEvents' | 'listSessions' | 'listUsers'
  table: 'login_logs' | 'security_events' | 'sessions' | 'users'
  /** The tables that are emptied before each test. */
  tables: string
  /** The `order by` of each value of the parameter `ordering`, the default first; '' is a list without the parameter. */
  orders: Record<string, string>
  forSuperusers: boolean
  /** How many rows a new user finds in the list. */
  initialRows: 0 | 1
  /** Inserts rows that the reader sees, after those that are there. A number of them, `together`, share each moment. */
  insert: (service: TestService, reader: Person, count: number, together: number) => Promise<unknown>
  /** Inserts a row that comes first in the default order. */
  insertLatest: (service: TestService, reader: Person) => Promise<unknown>
  /** The statement that takes the rows with the ids $1 out of the list. */
  removal: string
  /** All that the reader sees, then the selections that are walked in addition. */
  selections: [Selection, ...Selection[]]
  /** The selection whose parameters the URLs of further pages keep. */
  kept: Selection
  /** Values that a parameter refuses, in addition to those of `cursor` and `page_size`. */
  refused: Record<string, string[]>
}

/** The list with a running service, a reader and a superuser, who are the same for a list that only superusers read. */
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
