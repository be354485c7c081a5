import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { settingNames } from '../../src/config/settings.ts'

/** In seconds: SHUTDOWN_DELAY in production, the time for open requests, and the time for the worker. */
export const longestStop = 5 + 10 + 9

// Node itself reads NODE_COMPILE_CACHE.
const known = new Set([...settingNames, 'NODE_COMPILE_CACHE'])

/** Reads a file below deploy/. */
export const readDeployFile = (file: string) => readFileSync(join(import.meta.dirname, '../../deploy', file), 'utf8')

export function assertSettings(names: string[]): void {
  assert.ok(names.length > 0)
  assert.deepEqual(
    names.filter((name) => !known.has(name)),
    [],
  )
}
