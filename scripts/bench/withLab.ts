import { rmSync } from 'node:fs'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BenchLab } from './lab.ts'

/** Runs a bench in a new lab, whose folder is removed even if the process is interrupted. */
export async function withLab<Result>(work: (lab: BenchLab) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'))
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  })
  await chmod(folder, 0o755)
  say('creates a database')
  const lab = await BenchLab.prepare(folder)
  try {
    return await work(lab)
  } finally {
    await lab.stop()
  }
}

export function say(text: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)} ${text}`)
}
