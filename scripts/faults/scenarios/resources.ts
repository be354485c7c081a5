import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from '../cluster.ts'
import type { Lab } from '../lab.ts'
import { missingPgBouncer, PgBouncer } from '../pgbouncer.ts'
import type { Scenario } from '../scenario.ts'
import { waitFor } from '../waiting.ts'

/** Serves through PgBouncer, which is killed and started again. */
async function poolConnections(lab: Lab): Promise<void> {
  await lab.database.start()
  const bouncer = await PgBouncer.start(lab.database)
  lab.cleanUps.push(() => bouncer.kill())
  Object.assign(lab.service.settings, {
    DATABASE_URL: lab.database.url('gatehouse', bouncer.port),
    DATABASE_DIRECT_URL: lab.database.url(),
    DATABASE_PREPARED_STATEMENTS: 'off',
  })
  await lab.service.start()
  await lab.underLoad(async () => {
    await bouncer.kill()
    await sleep(1500)
    await bouncer.start()
  })
}

/** Returns whether a file system in memory can be mounted here, which needs root and its rights. */
function missingMount(): string | undefined {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'no file system can be mounted here'
  }
}

/** Fills the disk of the database, until its writes fail, and empties it again. */
async function fillDisk(lab: Lab): Promise<void> {
  const { database } = lab
  const copy = join(database.folder, 'copy')
  await run('mv', [database.data, copy])
  await run('mkdir', [database.data])
  await run('mount', ['-t', 'tmpfs', '-o', 'size=300m', 'tmpfs', database.data])
  lab.cleanUps.push(async () => {
    await database.kill('SIGQUIT')
    await run('umount', ['--lazy', database.data])
  })
  await run('cp', ['-a', `${copy}/.`, database.data])
  await run('sh', ['-c', `chown --reference=${copy} ${database.data} && chmod 700 ${database.data}`])
  await lab.start()
  await lab.underLoad(async () => {
    const ballast = join(database.data, 'ballast')
    const { broken, unavailable } = lab.recorder
    // dd ends with an error when the disk is full. PostgreSQL recycles its files, so the rest fills slowly.
    const fill = ['if=/dev/zero', `of=${ballast}`, 'bs=64k', 'oflag=append', 'conv=notrunc']
    const isNoticed = async () => {
      await run('dd', fill).catch(() => undefined)
      return lab.recorder.broken + lab.recorder.unavailable > broken + unavailable + 20
    }
    await waitFor(isNoticed, 60_000, 100)
    await run('rm', ['-f', ballast])
    // PostgreSQL may have ended, because its WAL found no space.
    if (!(await database.query('select 1').catch(() => undefined))) {
      await database.kill('SIGQUIT')
      await database.start()
    }
    await lab.service.becomesReady()
    if (lab.recorder.unavailable === unavailable) lab.recorder.violate('no request noticed the full disk')
  })
}

export const resourceScenarios: Scenario[] = [
  { id: 'F11', title: 'disk full', missing: missingMount, run: fillDisk },
  { id: 'pgbouncer', title: 'PgBouncer killed', missing: missingPgBouncer, run: poolConnections },
]
