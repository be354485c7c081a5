import { fork } from 'node:child_process'
import { once } from 'node:events'
import { endWithTool } from '../faults/children.ts'

/**
 * Runs a script of this folder as a separate process, which gets a job as its only message and replies with a
 * result. So the program that measures does not share a thread with the measured one, nor with another measurement.
 * @param script the name of the file, without `.ts`
 */
export async function runWork<Result>(script: string, job: object): Promise<Result> {
  const child = endWithTool(fork(new URL(`./${script}.ts`, import.meta.url), { execArgv: [] }))
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`scripts/bench/${script}.ts ended with ${String(code)} and without a result`)
  })
  child.send(job)
  const [result] = (await Promise.race([once(child, 'message'), ended])) as [Result]
  ended.catch(() => undefined)
  child.disconnect()
  return result
}

/** Does the job of this process, which ends when the tool ends. */
export async function doWork(work: (job: never) => Promise<object>): Promise<void> {
  const job = await new Promise<unknown>((resolve) => process.once('message', resolve))
  process.once('disconnect', () => process.exit())
  process.send?.(await work(job as never))
}
