import { globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { migrate } from '../../../src/db/migrate.ts'
import * as actions from '../actions.ts'
import { Cluster, run } from '../cluster.ts'
import { Haproxy, missingHaproxy } from '../haproxy.ts'
import { checkIntegrity } from '../integrity.ts'
import type { Lab } from '../lab.ts'
import { Person } from '../person.ts'
import type { Scenario } from '../scenario.ts'
import { insertAccounts } from '../template.ts'
import { waitFor } from '../waiting.ts'

/** The newest PostgreSQL of Debian. Unlike the embedded one, it has pg_basebackup. */
const [baseBackup = ''] = globSync('/usr/lib/postgresql/*/bin/pg_basebackup').sort().reverse()

const missingPostgres = () =>
  baseBackup === '' ? 'pg_basebackup is not installed (apt-get install postgresql)' : undefined

/** Replaces the database of the lab by a server of Debian's PostgreSQL with the same accounts. */
async function startPrimary(lab: Lab, parameters: Record<string, string>): Promise<Cluster> {
  const folder = join(lab.database.folder, '..')
  const { account } = lab.options.installation
  const bin = dirname(baseBackup)
  const installation = { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), account }
  const primary = await Cluster.prepare(folder, installation, parameters)
  lab.cleanUps.push(() => primary.remove())
  await primary.init()
  await primary.start()
  await primary.query('create database gatehouse', 'postgres')
  await migrate(primary.url())
  await insertAccounts(primary, lab.options.template)
  lab.database = primary
  return primary
}

/** Copies a running server. @param options further options of pg_basebackup */
async function copyServer(primary: Cluster, folder: string, options: string[] = []): Promise<Cluster> {
  const copy = await Cluster.prepare(folder, primary.installation)
  const source = ['-h', '127.0.0.1', '-p', String(primary.port), '-U', 'gatehouse']
  await run(baseBackup, [...source, '-D', copy.data, '-c', 'fast', '--no-sync', ...options], {
    cwd: '/',
    ...primary.identity,
  })
  return copy
}

/**
 * Kills the primary server under load and promotes its synchronous standby.
 * @param createUrl returns the DATABASE_URL that names both servers
 */
async function failOver(lab: Lab, createUrl: (primary: Cluster, standby: Cluster) => Promise<string>): Promise<void> {
  const folder = join(lab.database.folder, '..')
  const primary = await startPrimary(lab, { wal_level: 'replica' })
  const standby = await copyServer(primary, folder, ['-R', '-X', 'stream'])
  lab.cleanUps.push(() => standby.remove())
  await standby.start()
  await primary.query(`alter system set synchronous_standby_names = '*'`)
  await primary.query('select pg_reload_conf()')
  const isSynchronous = `select 1 from pg_stat_replication where sync_state = 'sync'`
  await waitFor(async () => (await primary.query(isSynchronous)).length > 0, 60_000)
  lab.service.settings['DATABASE_URL'] = await createUrl(primary, standby)
  await lab.service.start()
  await lab.underLoad(async () => {
    await primary.kill('SIGKILL')
    await sleep(2000) // until then the standby is read-only
    await standby.query('select pg_promote()', 'postgres')
    lab.database = standby
  })
}

/** Returns a URL that leads through HAProxy to the primary server, and to the standby if the primary is down. */
async function throughHaproxy(lab: Lab, primary: Cluster, standby: Cluster): Promise<string> {
  const [first, second] = [primary, standby].map(({ port }) => `127.0.0.1:${port} check inter 200ms fall 1 rise 1`)
  const backend = [
    `server primary ${first ?? ''} on-marked-down shutdown-sessions`,
    `server standby ${second ?? ''} backup`,
  ]
  const proxy = await Haproxy.start({ folder: join(lab.database.folder, '..'), mode: 'tcp', backend })
  lab.cleanUps.push(() => proxy.stop())
  return primary.url('gatehouse', proxy.port)
}

/** Restores a base backup and its WAL to a moment between two registrations. */
async function recoverToTime(lab: Lab): Promise<void> {
  const folder = join(lab.database.folder, '..')
  const archive = join(folder, 'archive')
  await run('install', ['-d', '-m', '777', archive])
  const primary = await startPrimary(lab, { archive_mode: 'on', archive_command: `cp %p ${archive}/%f` })
  const restored = await copyServer(primary, folder)
  lab.cleanUps.push(() => restored.remove())
  lab.service.settings['DATABASE_URL'] = primary.url()
  await lab.service.start()
  const world = lab.world()
  const [before, after] = (['before', 'after'] as const).map(
    (name) => new Person(`${lab.unique(name)}@example.com`, lab.unique('granite'), 'new'),
  ) as [Person, Person]
  const load = lab.createLoad()
  load.start()
  await lab.acknowledges(60)
  await actions.register(world, before)
  const [moment] = await primary.query<{ at: string }>('select clock_timestamp()::text as at')
  await actions.register(world, after)
  await load.stop()
  await lab.service.end('SIGTERM')
  await primary.query('select pg_switch_wal()')
  await primary.kill('SIGINT')
  await restored.writeFile('recovery.signal', '')
  Object.assign(restored.parameters, {
    restore_command: `cp ${archive}/%f %p`,
    recovery_target_time: moment?.at ?? '',
    recovery_target_action: 'promote',
  })
  lab.recorder.endFault()
  await restored.start()
  lab.database = restored
  const rows = await restored.query<{ email: string }>('select email from registrations')
  const emails = rows.map(({ email }) => email)
  if (before.mails.activation.least > 0 && !emails.includes(before.email))
    lab.recorder.lose('a registration from before the moment')
  if (emails.includes(after.email)) lab.recorder.violate('a registration from after the moment was restored')
  lab.service.settings['DATABASE_URL'] = restored.url()
  await lab.service.start()
  const { email = '', password = '' } = lab.options.template.accounts.at(-1) ?? {}
  const session = await actions.signIn(world, new Person(email, password, 'active'))
  if (!session) lab.recorder.lose('a password')
  await checkIntegrity(restored, lab.recorder)
}

export const standbyScenarios: Scenario[] = [
  {
    id: 'failover',
    title: 'primary killed, synchronous standby promoted',
    missing: () => missingHaproxy() ?? missingPostgres(),
    run: (lab) => failOver(lab, (primary, standby) => throughHaproxy(lab, primary, standby)),
  },
  {
    id: 'failover-hosts',
    title: 'failover without a proxy, two hosts in DATABASE_URL',
    missing: missingPostgres,
    run: (lab) =>
      failOver(lab, ({ port }, standby) =>
        Promise.resolve(
          `postgres://gatehouse@127.0.0.1:${port},127.0.0.1:${standby.port}/gatehouse?target_session_attrs=read-write`,
        ),
      ),
  },
  { id: 'pitr', title: 'point-in-time recovery', missing: missingPostgres, run: recoverToTime },
]
