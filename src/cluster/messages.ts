/** The messages between the primary and a serving process. They cross the IPC channel as structured clones. */
import type { Config } from '../config/config.ts'
import type { ConnectedDatabase } from '../db/connectDatabase.ts'
import type { HashOutcome, HashTask } from '../domain/passwords/hashTask.ts'
import type { MetricObjects } from '../metrics/hashing.ts'
import type { ClusterPart } from '../service.ts'

export type StartMessage = {
  type: 'start'
  config: Config
  secretKey: string
} & Pick<ClusterPart, 'runsJobs' | 'listensAtOnce'>

export type DatabaseMessage = { type: 'database'; database: Omit<ConnectedDatabase, 'stop'> }

/** The end of a hash task. `refusal` has the members of a Problem `unavailable`, which structured clones lose. */
export type HashedMessage = { type: 'hashed'; id: number } & (
  { outcome: HashOutcome } | { refusal: { detail: string; cause: string } } | { error: string }
)

export type ToServingProcess =
  | StartMessage
  | DatabaseMessage
  | HashedMessage
  | { type: 'readMetrics' }
  /** `drain` lets getReadiness return 503, and `stop` ends the process. */
  | { type: 'drain' | 'stop' }

/** The values that appear in the service’s “ready” log line. */
export type Started = { mail: string; passwords: string }

export type HashMessage = { type: 'hash'; id: number; task: HashTask; network: string }

export type ToPrimary =
  | { type: 'ready'; started: Started }
  /** `isExplained`: the error is a StartError, whose message is enough for the operator. */
  | { type: 'failed'; error: unknown; isExplained: boolean }
  | HashMessage
  | { type: 'cancelHash'; id: number }
  | { type: 'metrics'; metrics: MetricObjects }
