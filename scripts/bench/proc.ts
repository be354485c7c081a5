import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts the CPU time of processes in hundredths of a second, on every platform that Node supports. */
const msPerTick = 10

/**
 * Reads the CPU time from the text of /proc/PID/stat.
 * @returns milliseconds, those of children that have ended included
 */
export function parseCpu(stat: string): number {
  // The second field is the name of the program, which may contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * msPerTick
}

/**
 * Reads the proportional set size from the text of /proc/PID/smaps_rollup: a page that several processes share counts
 * in parts.
 * @returns megabytes of 1024 × 1024 bytes
 */
export function parsePss(smaps: string): number {
  const [, kilobytes] = /^Pss:\s+(\d+) kB$/m.exec(smaps) ?? []
  if (kilobytes === undefined) throw new Error('smaps_rollup has no line Pss')
  return Number(kilobytes) / 1024
}

/** Returns the CPU time of a process and its descendants in milliseconds. */
export function cpuOf(root: number): number {
  return [root, ...descendantsOf(root)].reduce((sum, pid) => sum + parseCpu(read(pid, 'stat') ?? ''), 0)
}

export function pssOf(pid: number): number {
  return parsePss(read(pid, 'smaps_rollup') ?? '')
}

/** Returns the processes that a process has started, and those that they have started. */
export function descendantsOf(pid: number): number[] {
  const children = threadsOf(pid).flatMap((thread) =>
    (read(pid, `task/${thread}/children`) ?? '').split(' ').filter(Boolean).map(Number),
  )
  return children.flatMap((child) => [child, ...descendantsOf(child)])
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

/** Returns the text of a file of a process, or undefined if the process has ended. */
function read(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return undefined
  }
}
