import { globSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lab } from '../lab.ts'
import type { Scenario } from '../scenario.ts'

const pattern = '/usr/lib/*/faketime/libfaketime.so.1'

/** Lets the clock of the service jump, while that of the database stays right. */
async function moveClock(lab: Lab): Promise<void> {
  const file = join(lab.database.folder, '..', 'clock')
  const set = (offset: string) => writeFile(file, `${offset}\n`)
  await set('+0')
  Object.assign(lab.service.settings, {
    ...{ LD_PRELOAD: globSync(pattern)[0] ?? '', FAKETIME_TIMESTAMP_FILE: file },
    ...{ FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' },
  })
  await lab.start()
  await lab.underLoad(async () => {
    for (const offset of ['+5m', '-5m', '+1h', '-1h', '+0']) {
      await set(offset)
      await lab.acknowledges(40)
      await requireTime(lab, offset)
    }
  })
}

/** Requires that the log has the time of the service's clock, so that the scenario does not test nothing. */
async function requireTime({ service, recorder }: Lab, offset: string): Promise<void> {
  await service.probe('ready')
  const [, time = '0'] = /"time":(\d+)[^\n]*\n$/.exec(service.log()) ?? []
  const [, sign, amount, unit] = /^([+-])(\d+)([mh]?)$/.exec(offset) ?? []
  const expected = Number(`${sign ?? ''}${amount ?? ''}`) * (unit === 'h' ? 3600 : 60) * 1000
  const found = Number(time) - Date.now()
  if (Math.abs(found - expected) > 60_000) recorder.violate(`the clock is ahead by ${found} ms, not by ${expected} ms`)
}

export const clockScenarios: Scenario[] = [
  {
    id: 'F12',
    title: 'clock jumps by 5 min and 1 h',
    missing: () =>
      globSync(pattern).length > 0 ? undefined : 'libfaketime is not installed (apt-get install faketime)',
    run: moveClock,
  },
]
