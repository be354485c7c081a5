import type { KeyObject } from 'node:crypto'
import type { Config } from '../config/config.ts'
import type { Database } from '../db/database.ts'
import type { Clock } from '../domain/clock.ts'
import type { Cursors } from '../domain/cursors.ts'
import type { Keyring } from '../domain/keys/keyring.ts'
import type { Limits } from '../domain/limits/limits.ts'
import type { Lists } from '../domain/lists.ts'
import type { Deliverability } from '../domain/mails/deliverability.ts'
import type { PasswordRules } from '../domain/passwords/rules.ts'
import type { PasswordHasher } from '../domain/passwords/hasher.ts'
import type { Principal } from '../domain/sessions/principal.ts'
import type { Administrator } from '../domain/accounts/superusers.ts'
import type { SessionLifetimes } from '../domain/sessions/sessions.ts'
import type { Tokens } from '../domain/sessions/tokens.ts'
import type * as http from '../http/handlerTypes.ts'

/** The services that operations use. services.ts makes them once. */
export type Services = Readonly<{
  config: Config
  db: Database
  lists: Lists
  passwords: PasswordHasher
  passwordRules: PasswordRules
  keyring: Keyring
  tokens: Tokens
  cursors: Cursors
  clock: Clock
  limits: Limits
  /** Hashes Idempotency-Keys. */
  idempotencySecret: KeyObject
  /** Checks whether the mail server accepts an email address. */
  deliverability: Deliverability
  lifetimes: SessionLifetimes
  latestMigration: number
  /** openapi.yaml and its JSON form, as the service serves them. */
  contractFiles: Readonly<{ yaml: Buffer; json: Buffer }>
  /** Is aborted when the service begins to stop. */
  stopping: AbortSignal
}>

export type OperationContext<Id extends http.OperationId> = http.HttpContext<Id, Principal> & { services: Services }

/**
 * Returns the superuser who makes a request as the author of a change. The transaction of the change checks the
 * superuser again.
 */
export function asActor({ user, sessionId }: Principal, { client }: http.OperationRequest): Administrator {
  return { actorId: user.id, sessionId, client }
}

export type Handlers = http.Handlers<Principal, Services>
export type { Reply } from '../http/handlerTypes.ts'
