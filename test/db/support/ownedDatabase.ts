import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { gatehouse } from '../../support/command.ts'
import { query } from '../../support/database.ts'

/** An empty database whose owner is no superuser, and a role for the service, as an operator makes them. */
export type OwnedDatabase = {
  owner: string
  role: string
  ownerUrl: string
  roleUrl: string
  /** Runs a command of `gatehouse` with a database URL. @throws an error with the standard error of the command if it fails */
  run: (url: string, args: string[], settings?: Record<string, string>) => Promise<string>
  drop: () => Promise<void>
}

/** @param like a database whose roles the new one shares */
export async function createOwnedDatabase(like?: OwnedDatabase): Promise<OwnedDatabase> {
  const server = process.env['TEST_DATABASE_URL'] ?? ''
  const id = randomUUID().slice(0, 8)
  const database = `test_owned_${id}`
  const { owner, role } = like ?? { owner: `test_owner_${id}`, role: `test_service_${id}` }
  const made = like ? [] : [role, owner]
  for (const name of made) await query(server, `create role ${name} login password '${name}'`)
  await query(server, `create database ${database} owner ${owner} template template0 encoding 'UTF8'`)
  const urlOf = (name: string) =>
    Object.assign(new URL(server), { username: name, password: name, pathname: `/${database}` }).href
  return {
    owner,
    role,
    ownerUrl: urlOf(owner),
    roleUrl: urlOf(role),
    run: async (url, args, settings = {}) => {
      const environment = { DATA_DIR: tmpdir(), ...settings, DATABASE_URL: url }
      const { code, stdout, stderr } = await gatehouse(tmpdir(), environment, ...args)
      if (code !== 0) throw new Error(stderr)
      return stdout
    },
    drop: async () => {
      await query(server, `drop database ${database} with (force)`)
      for (const name of made) await query(server, `drop role ${name}`)
    },
  }
}
