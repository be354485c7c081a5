import type { Lab } from './lab.ts'

export type Scenario = {
  /** The number of the fault in the requirements, or a name. */
  id: string
  title: string
  /** Returns the reason why the scenario cannot run on this machine, or undefined. */
  missing?: () => string | undefined | Promise<string | undefined>
  /** Whether no other scenario runs at the same time, because a slow request would be cut off. */
  isAlone?: boolean
  run: (lab: Lab) => Promise<unknown>
}
