import { setTimeout as sleep } from 'node:timers/promises'
import type { Lab } from '../lab.ts'
import { choosePort } from '../port.ts'
import type { Scenario } from '../scenario.ts'
import { verify } from '../verify.ts'

/** What must not grow with time: the megabytes and the open files of the process, and its timers and sockets. */
const resources = {
  MB: ['process_resident_memory_bytes', 1e6],
  'open files': ['process_open_fds', 1],
  resources: ['nodejs_active_resources_total', 1],
} as const

type Sample = Record<keyof typeof resources, number> & { lag: number; cpu: number; at: number }

/** Reads the metrics of the service. The lag of the event loop is that since the last sample. */
async function takeSample(port: string): Promise<Sample> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  const read = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? NaN)
  const values = Object.entries(resources).map(([key, [name, unit]]) => [key, Math.round(read(name) / unit)])
  return {
    ...(Object.fromEntries(values) as Record<keyof typeof resources, number>),
    lag: read('nodejs_eventloop_lag_p99_seconds') * 1000,
    cpu: read('process_cpu_seconds_total'),
    at: performance.now(),
  }
}

/** Runs the load for a minute, or for half an hour, and compares the process after a sixth of this time and at its end. */
async function soak(lab: Lab): Promise<void> {
  const minutes = lab.options.isLong ? 30 : 1
  const port = String(await choosePort())
  lab.service.settings['METRICS_PORT'] = port
  await lab.start()
  const load = lab.createLoad()
  load.start()
  const first = await takeSample(port)
  await sleep((minutes * 60_000) / 6)
  const early = await takeSample(port)
  await sleep((minutes * 60_000 * 5) / 6)
  const late = await takeSample(port)
  for (const [before, sample] of [
    [first, early],
    [early, late],
  ] as const) {
    // prettier-ignore
    const cores = ((sample.cpu - before.cpu) * 1000) / (sample.at - before.at)
    const figures = Object.keys(resources).map((key) => `${sample[key as keyof typeof resources]} ${key}`)
    const time = `${((sample.at - first.at) / 60_000).toFixed(1)} minutes`
    lab.options.say(`${time}: ${figures.join(', ')}, lag p99 ${sample.lag.toFixed(1)} ms, ${cores.toFixed(2)} cores`)
  }
  for (const key of Object.keys(resources) as (keyof typeof resources)[])
    if (!(late[key] <= early[key] * 1.5 + 30)) lab.recorder.violate(`${early[key]} ${key} have become ${late[key]}`)
  await load.stop()
  await verify({ world: lab.world(), load, database: lab.database })
}

export const soakScenarios: Scenario[] = [{ id: 'soak', title: 'a minute of load, or 30 with --long', run: soak }]
