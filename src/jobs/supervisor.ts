import { once, type EventEmitter } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Runner, WorkerEvents } from 'graphile-worker'
import type { Log } from './log.ts'
import { redactError } from './redactError.ts'

type Supervision = {
  events: WorkerEvents
  log: Log
  /** Milliseconds: the pause between two runners, and the time that the shutdown of a runner may take. */
  options: { restartDelay: number; stopTimeout: number }
}

/** Starts a runner, and starts a new runner whenever one ends. */
export function keepRunning(start: () => Promise<Runner>, { events, log, options }: Supervision) {
  const stopping = new AbortController()
  const isStopping = () => stopping.signal.aborted
  let runner: Runner | undefined

  async function supervise(): Promise<void> {
    while (!isStopping()) {
      try {
        runner = await start()
        if (isStopping()) await runner.stop()
        await ended(runner, events, options.stopTimeout)
      } catch (error) {
        log.error({ reason: redactError(error) }, 'the worker ended, a new one starts soon')
      }
      await delay(options.restartDelay, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  function stop(): void {
    stopping.abort()
    runner?.stop().catch(() => undefined)
  }

  return { done: supervise(), stop }
}

/**
 * Waits until a runner has ended. graphile-worker 0.18 counts its batches wrongly when two of them fail, for example
 * because the database is read-only during a failover. The runner then shuts down, but its promise never settles.
 * @param timeout the milliseconds that a shutdown may take. Another worker takes over any jobs that are still running
 * at that point.
 */
async function ended(runner: Runner, events: WorkerEvents, timeout: number): Promise<void> {
  const cleanUp = new AbortController()
  const { signal } = cleanUp
  const shutdown = once(events as EventEmitter, 'pool:gracefulShutdown', { signal })
    .then(() => delay(timeout, undefined, { signal }))
    .then(() => Promise.reject(new Error('the shutdown of graphile-worker did not end')))
  try {
    await Promise.race([runner.promise, shutdown])
  } finally {
    cleanUp.abort()
  }
}
