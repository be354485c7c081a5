import { join } from 'node:path'
import { Haproxy, missingHaproxy } from '../haproxy.ts'
import type { Lab } from '../lab.ts'
import { installRelease, releaseFolder } from '../release.ts'
import type { Scenario } from '../scenario.ts'
import { ServiceProcess } from '../serviceProcess.ts'
import { insertAccounts } from '../template.ts'

const names = ['first', 'second'] as const

/** Starts a second instance and HAProxy in front of both. Every request of the clients has to succeed. */
async function startInstances(lab: Lab) {
  const { service, database, mailServer } = lab
  const folder = join(database.folder, '..')
  const options = { databaseUrl: database.url(), smtpPort: mailServer.port, folder }
  const second = await ServiceProcess.prepare(options)
  second.settings = { ...service.settings, PORT: String(second.port) }
  second.code = service.code
  lab.cleanUps.push(() => second.end('SIGKILL'))
  await service.start()
  await second.start()
  const instances = [service, second]
  const servers = instances.map(
    ({ port }, at) => `server ${names[at] ?? ''} 127.0.0.1:${port} check inter 200ms fall 1 rise 1`,
  )
  const checks = ['option httpchk GET /health/ready', 'http-check expect status 200', 'timeout check 5s']
  const proxy = await Haproxy.start({ folder, mode: 'http', backend: [...checks, ...servers] })
  lab.cleanUps.push(() => proxy.stop())
  for (const name of names) await proxy.becomes(name, 'UP')
  lab.recorder.mustSucceed = true
  return { proxy, instances: names.map((name, at) => ({ name, instance: instances[at] ?? service })) }
}

/** Restarts the instances one after the other by SIGTERM. The proxy learns of it only by its health checks. */
async function restartInstances(lab: Lab): Promise<void> {
  await lab.database.start()
  lab.service.settings['SHUTDOWN_DELAY'] = '5s'
  const { proxy, instances } = await startInstances(lab)
  await lab.underLoad(
    async () => {
      for (let round = 0; round < (lab.options.isLong ? 10 : 2); round++)
        for (const { name, instance } of instances) {
          const code = await instance.end('SIGTERM')
          if (code !== 0) lab.recorder.violate(`an instance ended with ${String(code)}`)
          await instance.start()
          await proxy.becomes(name, 'UP')
          await lab.acknowledges(20)
        }
    },
    { url: proxy.url },
  )
}

/** Replaces the release of an instance, after the proxy has stopped using it, because 0.3.0 does not drain. */
async function replace(
  proxy: Haproxy,
  { name, instance }: { name: string; instance: ServiceProcess },
  code: string,
): Promise<void> {
  await proxy.run(`set server servers/${name} state drain`)
  await proxy.becomesIdle(name)
  await instance.end('SIGTERM')
  instance.code = code
  await instance.start()
  await proxy.run(`set server servers/${name} state ready`)
  await proxy.becomes(name, 'UP')
}

/** Upgrades a running 0.3.0, with its database, and rolls back, one instance after the other. */
async function upgradeAndRollBack(lab: Lab): Promise<void> {
  const current = lab.service.code
  await lab.database.start()
  await lab.database.query('drop database gatehouse', 'postgres')
  await lab.database.query('create database gatehouse', 'postgres')
  lab.service.code = releaseFolder
  await lab.service.start()
  await insertAccounts(lab.database, lab.options.template)
  await lab.service.end('SIGTERM')
  const { proxy, instances } = await startInstances(lab)
  await lab.underLoad(
    async () => {
      for (const code of [current, releaseFolder, current])
        for (const instance of instances) {
          await replace(proxy, instance, code)
          await lab.acknowledges(40)
        }
    },
    { url: proxy.url },
  )
}

export const rollingScenarios: Scenario[] = [
  {
    id: 'F16',
    title: 'rolling restart behind HAProxy',
    missing: missingHaproxy,
    isAlone: true,
    run: restartInstances,
  },
  {
    id: 'F17',
    title: 'rolling upgrade from 0.3.0 and rollback',
    missing: async () => missingHaproxy() ?? (await installRelease()),
    isAlone: true,
    run: upgradeAndRollBack,
  },
]
