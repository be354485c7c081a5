import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lab } from '../lab.ts'
import type { Scenario } from '../scenario.ts'

/** Kills the process group of the service after random numbers of requests, and sometimes while it starts. */
async function killService(lab: Lab): Promise<void> {
  const { random, isLong, say } = lab.options
  await lab.start()
  await lab.underLoad(async () => {
    const kills = isLong ? 200 : 20
    for (let kill = 1; kill <= kills; kill++) {
      if (random.next() < 0.2) await sleep(random.integer(20, 1500))
      else {
        await lab.service.becomesReady()
        await lab.acknowledges(random.integer(0, 40))
        await sleep(random.integer(0, 30))
      }
      await lab.service.end('SIGKILL')
      lab.service.launch()
      if (kill % 20 === 0) say(`${kill} of ${kills} kills`)
    }
    await lab.service.becomesReady()
  })
}

async function stopEventLoop(lab: Lab): Promise<void> {
  await lab.start()
  await lab.underLoad(async () => {
    for (const pause of [500, 3000, 6000]) {
      lab.service.signal('SIGSTOP')
      await sleep(pause)
      lab.service.signal('SIGCONT')
      await sleep(500)
    }
  })
}

/** Returns the pids of the hashing processes of a service. */
function hashingProcesses(parent: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap((line) => {
    const [, pid, ppid, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return Number(ppid) === parent && args.includes('passwords/child') ? [Number(pid)] : []
  })
}

async function killHashing(lab: Lab): Promise<void> {
  const { random, isLong } = lab.options
  await lab.start()
  let kills = 0
  await lab.underLoad(async () => {
    for (const until = Date.now() + 60_000; kills < (isLong ? 100 : 10) && Date.now() < until;) {
      for (const pid of hashingProcesses(lab.service.pid)) {
        kills++
        try {
          process.kill(pid, 'SIGKILL')
        } catch {
          // The process has ended already.
        }
      }
      await sleep(random.integer(5, 400))
    }
  })
  if (kills < 3) lab.recorder.violate(`the hashing process was killed ${kills} times only`)
}

export const processScenarios: Scenario[] = [
  { id: 'F9', title: 'kill -9 of the service at random points', run: killService },
  { id: 'F14', title: 'event loop blocked', run: stopEventLoop },
  { id: 'hashing', title: 'hashing process killed again and again', run: killHashing },
]
