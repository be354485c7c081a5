import * as actions from './actions.ts'
import type { World } from './actions.ts'
import type { Cluster } from './cluster.ts'
import { checkIntegrity, checkMails } from './integrity.ts'
import type { Load } from './load.ts'
import type { Person } from './person.ts'
import { waitFor } from './waiting.ts'

/** Retries of mails wait longer and longer, and the jobs of a killed worker are released after a minute. */
const drainTime = 240_000

export type Verification = { world: World; load: Load; database: Cluster; mayFail?: readonly string[] }

/** Checks that every acknowledged effect of the load is there, and that nothing half-exists. */
export async function verify({ world, load, database, mayFail }: Verification): Promise<void> {
  const { recorder, mailServer } = world
  await drainOutbox(database)
  for (const person of load.persons) if (person.state === 'pending') await requireActivation(world, person)
  await Promise.all(
    [0, 1, 2].map((part) =>
      verifyPersons(
        world,
        load.persons.filter((_, at) => at % 3 === part),
      ),
    ),
  )
  await verifySignIns(world, database, [...load.persons, load.administrator.person])
  await verifyMailCounts(world, database, load.persons)
  await verifyCreated(world, database, load)
  await drainOutbox(database)
  await checkMails(database, mailServer, recorder, mayFail)
  await checkIntegrity(database, recorder)
}

/** Waits until no mail is queued. checkMails reports the mails that stay. */
async function drainOutbox(database: Cluster): Promise<void> {
  const isDue = `select (select count(*) from mails where status = 'queued')
    + (select count(*) from graphile_worker._private_jobs where key <> 'clean_up' and attempts < max_attempts) > 0 as due`
  await waitFor(async () => !(await database.query<{ due: boolean }>(isDue))[0]?.due, drainTime, 200)
}

/** Requires that an acknowledged registration can be activated by its mail. */
async function requireActivation(world: World, person: Person): Promise<void> {
  await actions.activate(world, person)
  if (person.state === 'pending' && person.mails.activation.least > 0)
    world.recorder.lose(`the registration of ${person.email}`)
}

async function verifyPersons(world: World, persons: Person[]): Promise<void> {
  for (const person of persons.filter(({ state }) => state === 'active')) {
    for (const session of person.sessions.slice()) await actions.refresh(world, person, session)
    const session = person.sessions.findLast(({ state }) => state !== 'ended')
    if (session) await actions.readMe(world, person, session)
    if (!person.hasNewPassword) continue
    const opened = await actions.signIn(world, person)
    if (opened) await actions.readMe(world, person, opened)
    else world.recorder.lose(`the password of ${person.email}`)
  }
}

/** Requires one row of the login log for each sign-in. */
async function verifySignIns({ recorder }: World, database: Cluster, persons: Person[]): Promise<void> {
  const rows = await database.query<{ address: string; count: number }>(
    `select e.address, count(*)::integer from login_logs l join emails e using (user_id) group by 1`,
  )
  const counts = new Map(rows.map(({ address, count }) => [address, count]))
  for (const { email, signIns } of persons) {
    const found = counts.get(email) ?? 0
    const message = `${email} has signed in ${signIns.least} to ${signIns.most} times, and the login log has ${found} rows`
    if (found < signIns.least) recorder.lose(message)
    if (found > signIns.most) recorder.violate(message)
  }
}

/** Requires one mail in the outbox for each request that causes one. */
async function verifyMailCounts({ recorder }: World, database: Cluster, persons: Person[]): Promise<void> {
  const rows = await database.query<{ address: string; kind: string; count: number }>(
    `select address, kind, count(*)::integer from mails group by 1, 2`,
  )
  const counts = new Map(rows.map(({ address, kind, count }) => [`${kind} ${address}`, count]))
  for (const { email, mails } of persons)
    for (const [kind, { least, most }] of Object.entries(mails)) {
      const found = counts.get(`${kind} ${email}`) ?? 0
      const message = `${email} has requested ${least} to ${most} mails of the kind ${kind}, and the outbox has ${found}`
      if (found < least) recorder.lose(message)
      if (found > most) recorder.violate(message)
    }
}

/** Requires that each created user exists once, with one of the possible names. */
async function verifyCreated({ recorder }: World, database: Cluster, { administrator }: Load): Promise<void> {
  for (const { email, id, firstNames } of administrator.created) {
    const rows = await database.query<{ id: string; first_name: string }>(
      'select id, first_name from users where email = $1',
      'gatehouse',
      [email],
    )
    const [row] = rows
    if (rows.length > 1) recorder.violate(`${email} was created ${rows.length} times`)
    if (id !== undefined && row?.id !== id) recorder.lose(`the user ${email}`)
    if (row && !firstNames.has(row.first_name)) recorder.lose(`the name of ${email}`)
  }
}
