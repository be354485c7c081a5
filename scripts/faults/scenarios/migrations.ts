import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { migrate, readMigrations } from '../../../src/db/migrate.ts'
import { endWithTool } from '../children.ts'
import type { Lab } from '../lab.ts'
import type { Scenario } from '../scenario.ts'
import { waitFor } from '../waiting.ts'

const command = join(import.meta.dirname, '../../../src/cli/gatehouse.ts')

/** Starts `gatehouse migrate` several times at once, and kills the process that migrates. The others must finish. */
async function migrateAtOnce(lab: Lab): Promise<void> {
  const { database, recorder, options } = lab
  await database.start()
  for (let round = 0; round < (options.isLong ? 10 : 2); round++) {
    const name = `empty${round}`
    await database.query(`create database ${name}`, 'postgres')
    const migrators = Array.from({ length: 5 }, (_, at) => {
      const url = `${database.url(name)}?application_name=migrator${at}`
      const env = { PATH: process.env['PATH'] ?? '', DATABASE_URL: url, DATA_DIR: database.folder }
      return endWithTool(spawn(process.execPath, [command, 'migrate'], { env, stdio: 'ignore' }))
    })
    const ends = migrators.map((child) => once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>)
    const killed = migrators[await findHolder(lab, name)]
    await sleep(options.random.integer(0, 300))
    killed?.kill('SIGKILL')
    const codes = await Promise.all(ends)
    for (const [at, [code]] of codes.entries())
      if (code !== 0 && migrators[at] !== killed) recorder.violate(`a migrator ended with ${String(code)}`)
    await migrate(database.url(name))
    const applied = await database.query('select number from migrations', name)
    const { length } = await readMigrations()
    if (applied.length !== length) recorder.lose(`${length - applied.length} migrations`)
  }
  await lab.service.start()
}

/** Waits until a process holds the migration lock. @returns the number of the process */
async function findHolder({ database }: Lab, name: string): Promise<number> {
  const text = `select substring(a.application_name from 'migrator(\\d)')::integer as number
    from pg_stat_activity a join pg_locks l using (pid)
    where l.locktype = 'advisory' and l.granted and a.datname = '${name}' and a.application_name like 'migrator%'`
  let number: number | undefined
  const isFound = async () => {
    ;[{ number } = { number: undefined }] = await database.query<{ number: number }>(text, 'postgres')
    return number !== undefined
  }
  await waitFor(isFound, 60_000, 10)
  if (number === undefined) throw new Error('No process acquires the migration lock')
  return number
}

export const migrationScenarios: Scenario[] = [
  { id: 'F18', title: 'five migrators at once, the holder killed', run: migrateAtOnce },
]
