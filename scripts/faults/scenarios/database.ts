import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Lab } from '../lab.ts'
import { SilentProxy } from '../silentProxy.ts'
import type { Scenario } from '../scenario.ts'

/** Requires that the health checks have these statuses now. */
async function requireHealth({ service, recorder }: Lab, ready: number): Promise<void> {
  const statuses = [await service.probe('live'), await service.probe('ready')]
  if (statuses[0] !== 200 || statuses[1] !== ready)
    recorder.violate(`live and ready answered ${statuses.join(' and ')} instead of 200 and ${ready}`)
}

async function startWithoutDatabase(lab: Lab): Promise<void> {
  lab.service.launch()
  while ((await lab.service.probe('live')) !== 200) await sleep(20)
  await lab.underLoad(async () => {
    await requireHealth(lab, 503)
    await sleep(2000)
    await lab.database.start()
    await lab.service.becomesReady()
  })
}

async function killDatabase(lab: Lab): Promise<void> {
  await lab.start()
  await lab.underLoad(async () => {
    for (const signal of ['SIGKILL', 'SIGQUIT'] as const) {
      await lab.database.kill(signal)
      await sleep(1500)
      await requireHealth(lab, 503)
      await lab.database.start()
      await lab.service.becomesReady()
      await sleep(lab.options.random.integer(500, 2000))
    }
  })
}

async function terminateConnections(lab: Lab): Promise<void> {
  await lab.start()
  await lab.underLoad(async () => {
    for (const until = Date.now() + (lab.options.isLong ? 60_000 : 6000); Date.now() < until;) {
      await lab.database.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'gatehouse%' and random() < 0.5`,
        'postgres',
      )
      await sleep(lab.options.random.integer(20, 400))
    }
  })
}

/** Takes every connection that the server has left, after it has ended those of the service. */
async function exhaustConnections(lab: Lab): Promise<void> {
  lab.database.parameters['max_connections'] = '40'
  await lab.start()
  await lab.underLoad(async () => {
    const clients: pg.Client[] = []
    for (const until = Date.now() + 6000; Date.now() < until;) {
      const client = new pg.Client(lab.database.url())
      client.on('error', () => undefined)
      const isOpen = await client.connect().then(
        () => true,
        () => sleep(20, false),
      )
      if (isOpen) clients.push(client)
      await lab.database
        .query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'gatehouse%'`)
        .catch(() => undefined)
    }
    await Promise.all(clients.map((client) => client.end()))
  })
}

async function lockUsers(lab: Lab): Promise<void> {
  await lab.start()
  await lab.underLoad(async () => {
    const client = new pg.Client(lab.database.url())
    await client.connect()
    await client.query('begin; lock table users in access exclusive mode')
    await sleep(4000)
    // The service may not be ready, because the requests that wait for the lock hold all connections.
    if ((await lab.service.probe('live')) !== 200) lab.recorder.violate('live fails while users are locked')
    await sleep(8000)
    await client.query('rollback')
    await client.end()
  })
}

/** Connections to the database go silent: nothing arrives any more, and nothing is closed. */
async function silenceConnections(lab: Lab): Promise<void> {
  const proxy = await SilentProxy.start(lab.database.port)
  lab.cleanUps.push(() => proxy.stop())
  lab.service.settings['DATABASE_URL'] = lab.database.url('gatehouse', proxy.port)
  await lab.start()
  await lab.underLoad(async () => {
    proxy.silenceConnections()
    await sleep(3000)
  })
}

export const databaseScenarios: Scenario[] = [
  { id: 'F1', title: 'database down at start', run: startWithoutDatabase },
  { id: 'F2', title: 'database killed under load', run: killDatabase },
  { id: 'F3', title: 'connections terminated', run: terminateConnections },
  { id: 'F4', title: 'connections exhausted', run: exhaustConnections },
  { id: 'F5', title: 'lock on users', run: lockUsers },
  { id: 'half-open', title: 'connections to the database go silent', run: silenceConnections },
]
