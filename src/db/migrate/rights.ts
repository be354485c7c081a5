import { readFile } from 'node:fs/promises'
import { sql, type CommonQueryMethods } from 'slonik'
import { StartError } from '../../problems.ts'
import { errorCode, rootMessage } from '../errors.ts'
import { row } from '../row.ts'
import { splitStatements, statement } from '../rawSql.ts'

const rightsFile = new URL('../../../sql/rights.sql', import.meta.url)

const findOwner = sql.type(row<{ owner: string; is_ours: boolean }>())`
  select pg_get_userbyid(relowner) as owner, pg_has_role(relowner, 'usage') as is_ours
  from pg_class where oid = to_regclass('migrations')`

/**
 * Returns the name of the role that owns the tables if the connected role is not a member of the owner. Returns
 * undefined if the connected role is a member, or if there are no tables.
 */
export async function findOtherTablesOwner(connection: CommonQueryMethods): Promise<string | undefined> {
  const found = await connection.maybeOne(findOwner)
  return found?.is_ours === false ? found.owner : undefined
}

/**
 * Grants the service's rights to the existing roles of the service and to a new role (security 83).
 * @throws StartError when the new role does not exist or has too many rights
 */
export async function grantRights(connection: CommonQueryMethods, newRole = ''): Promise<void> {
  const parts = splitStatements(await readFile(rightsFile, 'utf8'))
  try {
    await connection.transaction(async (transaction) => {
      await transaction.query(sql.unsafe`select set_config('gatehouse.grant_to', ${newRole}, true)`)
      for (const part of parts) await transaction.query(statement(part))
    })
  } catch (error) {
    const code = errorCode(error)
    if (code === 'P0001') throw new StartError(rootMessage(error))
    if (code === '42704' && newRole !== '')
      throw new StartError(`There is no role ${newRole}: create it first (create role ${newRole} login password '…').`)
    throw error
  }
}
