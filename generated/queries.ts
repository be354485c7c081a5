// Generated from sql/ by npm run generate. Do not edit.
import { sql } from 'slonik'
import { row } from '../src/db/row.ts'

export type FindUserIdByAddressRow = { user_id: string }

export const findUserIdByAddress = (p: { address: string }) =>
  sql.prepared('findUserIdByAddress', row<FindUserIdByAddressRow>())`
select user_id from emails where address = ${p.address} and kind = 'current'`

export type FindPasswordHashRow = { id: string; password_hash: Uint8Array | null }

export const findPasswordHash = (p: { userId: string }) =>
  sql.prepared('findPasswordHash', row<FindPasswordHashRow>())`
select id, password_hash from users where id = ${p.userId}`

export type FindUserRow = { id: string; email: string; first_name: string; last_name: string; language: string; is_active: boolean; is_superuser: boolean; date_joined: string; last_login: string | null }

export const findUser = (p: { userId: string }) =>
  sql.prepared('findUser', row<FindUserRow>())`
select id, email, first_name, last_name, language, is_active, is_superuser, date_joined, last_login
from users
where id = ${p.userId}`

export type UpdateProfileRow = { id: string; email: string; first_name: string; last_name: string; language: string; is_superuser: boolean; date_joined: string; last_login: string | null }

export const updateProfile = (p: { firstName: string | null; lastName: string | null; language: string | null; searchText: string; userId: string }) =>
  sql.prepared('updateProfile', row<UpdateProfileRow>())`
update users
set first_name = coalesce(${p.firstName}, first_name),
    last_name = coalesce(${p.lastName}, last_name),
    language = coalesce(${p.language}, language),
    search_text = ${p.searchText}
where id = ${p.userId} and is_active
returning id, email, first_name, last_name, language, is_superuser, date_joined, last_login`

export type ClaimAddressRow = { user_id: string }

/** An address that is held for the undoing of a change is free for its former owner, and for all once the time is over. */
export const claimAddress = (p: { address: string; userId: string }) =>
  sql.prepared('claimAddress', row<ClaimAddressRow>())`
insert into emails (address, user_id) values (${p.address}, ${p.userId})
on conflict (address) do update set user_id = excluded.user_id, kind = 'current', held_until = null
where emails.kind = 'held' and (emails.user_id = excluded.user_id or emails.held_until < now())
returning user_id`

export type InsertUserRow = { id: string; email: string; first_name: string; last_name: string; language: string; is_active: boolean; is_superuser: boolean; email_confirmed: boolean; date_joined: string; last_login: string | null }

export const insertUser = (p: { userId: string; email: string; firstName: string; lastName: string; language: string; searchText: string; passwordHash: Uint8Array | null; isActive: boolean; isSuperuser: boolean; emailConfirmed: boolean }) =>
  sql.prepared('insertUser', row<InsertUserRow>())`
insert into users (
  id, email, first_name, last_name, language, search_text, password_hash, is_active, is_superuser, email_confirmed
)
values (
  ${p.userId}, ${p.email}, ${p.firstName}, ${p.lastName}, ${p.language}, ${p.searchText}, ${p.passwordHash === null ? null : sql.binary(Buffer.from(p.passwordHash))}, ${p.isActive}, ${p.isSuperuser}, ${p.emailConfirmed}
)
returning id, email, first_name, last_name, language, is_active, is_superuser, email_confirmed, date_joined, last_login`

export type SetPasswordRow = { id: string; email: string }

export const setPassword = (p: { passwordHash: Uint8Array; userId: string }) =>
  sql.prepared('setPassword', row<SetPasswordRow>())`
update users set password_hash = ${sql.binary(Buffer.from(p.passwordHash))}, email_confirmed = true
where id = ${p.userId} and is_active
returning id, email`

export type RehashPasswordRow = { id: string }

/** Compare and set: a password that was changed meanwhile stays. */
export const rehashPassword = (p: { passwordHash: Uint8Array; userId: string; verifiedHash: Uint8Array }) =>
  sql.prepared('rehashPassword', row<RehashPasswordRow>())`
update users set password_hash = ${sql.binary(Buffer.from(p.passwordHash))}
where id = ${p.userId} and password_hash = ${sql.binary(Buffer.from(p.verifiedHash))}
returning id`

export type LockSuperusersRow = { locked: boolean }

/** Until the end of the transaction nobody else can remove, demote or suspend one. */
export const lockSuperusers = () =>
  sql.prepared('lockSuperusers', row<LockSuperusersRow>())`
select pg_advisory_xact_lock(7283646) is null as "locked"`

export type FindLastSuperuserRow = { id: string }

export const findLastSuperuser = (p: { userId: string }) =>
  sql.prepared('findLastSuperuser', row<FindLastSuperuserRow>())`
select u.id from users u
where u.id = ${p.userId} and u.is_superuser and u.is_active
  and not exists (select from users other where other.is_superuser and other.is_active and other.id <> u.id)`

export type InsertCodeRow = { expires_at: string }

export const insertCode = (p: { userId: string; hash: Uint8Array; purpose: string; mailId: string; about: string | null; lifetime: number }) =>
  sql.prepared('insertCode', row<InsertCodeRow>())`
insert into codes (user_id, hash, purpose, mail_id, about, expires_at)
values (${p.userId}, ${sql.binary(Buffer.from(p.hash))}, ${p.purpose}, ${p.mailId}, ${p.about}, now() + make_interval(secs => ${p.lifetime}))
returning expires_at`

export type LockCodesRow = { locked: boolean }

/** One mail at a time mints for a user, until the end of the transaction. */
export const lockCodes = (p: { userId: string }) =>
  sql.prepared('lockCodes', row<LockCodesRow>())`
select pg_advisory_xact_lock(hashtextextended(${p.userId}::text, 0)) is null as "locked"`

export type FindNewerCodeRow = { mail_id: string }

/** Whether a later request has its code already; mail ids are in the order of their requests. */
export const findNewerCode = (p: { userId: string; purpose: string; mailId: string }) =>
  sql.prepared('findNewerCode', row<FindNewerCodeRow>())`
select mail_id from codes
where user_id = ${p.userId} and purpose = ${p.purpose} and mail_id > ${p.mailId} and used_at is null
limit 1`

export type VoidOlderCodesRow = Record<never, never>

export const voidOlderCodes = (p: { userId: string; purpose: string; mailId: string }) =>
  sql.prepared('voidOlderCodes', row<VoidOlderCodesRow>())`
delete from codes
where user_id = ${p.userId} and purpose = ${p.purpose} and mail_id < ${p.mailId} and used_at is null`

export type VoidCodesRow = Record<never, never>

/** An undo code outlives changes of password and address: whoever made them may not be the owner. */
export const voidCodes = (p: { userId: string }) =>
  sql.prepared('voidCodes', row<VoidCodesRow>())`
delete from codes where user_id = ${p.userId} and used_at is null and purpose <> 'undo_email'`

export type FindLiveCodeRow = { user_id: string }

export const findLiveCode = (p: { userId: string; hash: Uint8Array; purpose: string }) =>
  sql.prepared('findLiveCode', row<FindLiveCodeRow>())`
select user_id from codes
where user_id = ${p.userId} and hash = ${sql.binary(Buffer.from(p.hash))} and purpose = ${p.purpose} and used_at is null and expires_at > now()`

export type ConsumeCodeRow = { user_id: string; about: string | null }

export const consumeCode = (p: { userId: string; hash: Uint8Array; purpose: string }) =>
  sql.prepared('consumeCode', row<ConsumeCodeRow>())`
update codes set used_at = now()
where user_id = ${p.userId} and hash = ${sql.binary(Buffer.from(p.hash))} and purpose = ${p.purpose} and used_at is null and expires_at > now()
returning user_id, about`

export type FindActivatedUserRow = { id: string }

/** Whose activation code this is, if that account is active: by this code, or by another of the same mail. */
export const findActivatedUser = (p: { userId: string; hash: Uint8Array }) =>
  sql.prepared('findActivatedUser', row<FindActivatedUserRow>())`
select u.id from codes c join users u on u.id = c.user_id
where c.user_id = ${p.userId} and c.hash = ${sql.binary(Buffer.from(p.hash))} and c.purpose = 'activate' and c.expires_at > now() and u.is_active`

export type KeepJobsRow = Record<never, never>

/** The heartbeat of a living worker, on the jobs that it holds. */
export const keepJobs = (p: { worker: string }) =>
  sql.prepared('keepJobs', row<KeepJobsRow>())`
update graphile_worker._private_jobs set locked_at = now() where locked_by = ${p.worker}`

export type FreeJobsRow = { freed: number }

/** Jobs of workers without a heartbeat; graphile-worker itself would wait four hours. */
export const freeJobs = () =>
  sql.prepared('freeJobs', row<FreeJobsRow>())`
with dead as (
  select array_agg(distinct locked_by) as workers
  from graphile_worker._private_jobs
  where locked_at < now() - interval '1 minute'
)
select cardinality(workers) as "freed" from dead, lateral graphile_worker.force_unlock_workers(workers)
where workers is not null`

export type ListSigningKeysRow = { kid: string; private_key: Uint8Array; secret_id: string; signs_from: string; retires_at: string | null; now: number }

/** Those that are published; the one that signs at a moment is the first of them that signs from then or earlier. */
export const listSigningKeys = () =>
  sql.prepared('listSigningKeys', row<ListSigningKeysRow>())`
select kid, private_key, secret_id, signs_from, retires_at, extract(epoch from clock_timestamp())::float8 as "now"
from signing_keys
where retires_at is null or retires_at > now()
order by signs_from desc, created_at desc, kid`

export type InsertSigningKeyRow = { kid: string; signs_from: string }

/** By the clock and not by the transaction's beginning: it may have waited for the lock. */
export const insertSigningKey = (p: { kid: string; privateKey: Uint8Array; secretId: string; publishFor: number }) =>
  sql.prepared('insertSigningKey', row<InsertSigningKeyRow>())`
insert into signing_keys (kid, private_key, secret_id, signs_from)
values (${p.kid}, ${sql.binary(Buffer.from(p.privateKey))}, ${p.secretId}, clock_timestamp() + make_interval(secs => ${p.publishFor}::float8))
returning kid, signs_from`

export type ReplaceSigningKeysRow = { kid: string; retires_at: string }

/** All keys beside the newest: none of them signs once that does, and none is published for ever. */
export const replaceSigningKeys = (p: { signsFrom: string; overlap: number; kid: string }) =>
  sql.prepared('replaceSigningKeys', row<ReplaceSigningKeysRow>())`
update signing_keys
set signs_from = least(signs_from, ${p.signsFrom}::timestamptz - interval '1 millisecond'),
    retires_at = coalesce(retires_at, ${p.signsFrom}::timestamptz + make_interval(secs => ${p.overlap}::float8))
where kid <> ${p.kid}
returning kid, retires_at as "retires_at"`

export type ResealSigningKeyRow = { kid: string }

/** Compare and set: one that another start has encrypted anew meanwhile stays as it is. */
export const resealSigningKey = (p: { privateKey: Uint8Array; secretId: string; kid: string; readKey: Uint8Array }) =>
  sql.prepared('resealSigningKey', row<ResealSigningKeyRow>())`
update signing_keys set private_key = ${sql.binary(Buffer.from(p.privateKey))}, secret_id = ${p.secretId}
where kid = ${p.kid} and private_key = ${sql.binary(Buffer.from(p.readKey))}
returning kid`

export type DeleteReplacedKeyRow = { kid: string }

/** Only one that signs no longer. */
export const deleteReplacedKey = (p: { kid: string }) =>
  sql.prepared('deleteReplacedKey', row<DeleteReplacedKeyRow>())`
delete from signing_keys k
where kid = ${p.kid} and exists (
  select from signing_keys other where other.signs_from > k.signs_from and other.signs_from <= now()
)
returning kid`

export type DeleteSigningKeyRow = { kid: string }

export const deleteSigningKey = (p: { kid: string }) =>
  sql.prepared('deleteSigningKey', row<DeleteSigningKeyRow>())`
delete from signing_keys where kid = ${p.kid}
returning kid`

export type LockSigningKeysRow = Record<never, never>

export const lockSigningKeys = () =>
  sql.prepared('lockSigningKeys', row<LockSigningKeysRow>())`
lock table signing_keys in exclusive mode`

export type InsertLoginLogRow = Record<never, never>

export const insertLoginLog = (p: { userId: string; id: string; ipAddress: string; userAgent: string }) =>
  sql.prepared('insertLoginLog', row<InsertLoginLogRow>())`
insert into login_logs (user_id, id, ip_address, user_agent) values (${p.userId}, ${p.id}, ${p.ipAddress}, ${p.userAgent})`

export type ListLoginLogsOfUserDescendingRow = { id: string; user_id: string; ip_address: string; user_agent: string; timestamp: string }

export const listLoginLogsOfUserDescending = (p: { userId: string; cursorTimestamp: string; cursorId: string; after: string; before: string; ipAddress: string | null; userAgent: string; limit: number }) =>
  sql.prepared('listLoginLogsOfUserDescending', row<ListLoginLogsOfUserDescendingRow>())`
select id, user_id, host(ip_address) as "ip_address", user_agent, timestamp
from login_logs
where user_id = ${p.userId} and (timestamp, id) < (${p.cursorTimestamp}, ${p.cursorId})
  and timestamp between ${p.after} and ${p.before}
  and (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
  and strpos(lower(user_agent), lower(${p.userAgent})) > 0
order by timestamp desc, id desc
limit ${p.limit}`

export type ListLoginLogsOfUserAscendingRow = { id: string; user_id: string; ip_address: string; user_agent: string; timestamp: string }

export const listLoginLogsOfUserAscending = (p: { userId: string; cursorTimestamp: string; cursorId: string; after: string; before: string; ipAddress: string | null; userAgent: string; limit: number }) =>
  sql.prepared('listLoginLogsOfUserAscending', row<ListLoginLogsOfUserAscendingRow>())`
select id, user_id, host(ip_address) as "ip_address", user_agent, timestamp
from login_logs
where user_id = ${p.userId} and (timestamp, id) > (${p.cursorTimestamp}, ${p.cursorId})
  and timestamp between ${p.after} and ${p.before}
  and (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
  and strpos(lower(user_agent), lower(${p.userAgent})) > 0
order by timestamp, id
limit ${p.limit}`

export type CountLoginLogsOfUserRow = { count: number }

/** Counts one past the cap at the most. */
export const countLoginLogsOfUser = (p: { userId: string; after: string; before: string; ipAddress: string | null; userAgent: string; cap: number }) =>
  sql.prepared('countLoginLogsOfUser', row<CountLoginLogsOfUserRow>())`
select count(*) as "count"
from (
  select from login_logs
  where user_id = ${p.userId}
    and timestamp between ${p.after} and ${p.before}
    and (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
    and strpos(lower(user_agent), lower(${p.userAgent})) > 0
  limit ${p.cap} + 1
) as counted`

export type ListLoginLogsDescendingRow = { id: string; user_id: string; ip_address: string; user_agent: string; timestamp: string }

export const listLoginLogsDescending = (p: { cursorTimestamp: string; cursorId: string; after: string; before: string; ipAddress: string | null; userAgent: string; limit: number }) =>
  sql.prepared('listLoginLogsDescending', row<ListLoginLogsDescendingRow>())`
select id, user_id, host(ip_address) as "ip_address", user_agent, timestamp
from login_logs
where (timestamp, id) < (${p.cursorTimestamp}, ${p.cursorId})
  and timestamp between ${p.after} and ${p.before}
  and (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
  and strpos(lower(user_agent), lower(${p.userAgent})) > 0
order by timestamp desc, id desc
limit ${p.limit}`

export type ListLoginLogsAscendingRow = { id: string; user_id: string; ip_address: string; user_agent: string; timestamp: string }

export const listLoginLogsAscending = (p: { cursorTimestamp: string; cursorId: string; after: string; before: string; ipAddress: string | null; userAgent: string; limit: number }) =>
  sql.prepared('listLoginLogsAscending', row<ListLoginLogsAscendingRow>())`
select id, user_id, host(ip_address) as "ip_address", user_agent, timestamp
from login_logs
where (timestamp, id) > (${p.cursorTimestamp}, ${p.cursorId})
  and timestamp between ${p.after} and ${p.before}
  and (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
  and strpos(lower(user_agent), lower(${p.userAgent})) > 0
order by timestamp, id
limit ${p.limit}`

export type CountLoginLogsRow = { count: number }

/** Counts one past the cap at the most. */
export const countLoginLogs = (p: { after: string; before: string; ipAddress: string | null; userAgent: string; cap: number }) =>
  sql.prepared('countLoginLogs', row<CountLoginLogsRow>())`
select count(*) as "count"
from (
  select from login_logs
  where timestamp between ${p.after} and ${p.before}
    and (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
    and strpos(lower(user_agent), lower(${p.userAgent})) > 0
  limit ${p.cap} + 1
) as counted`

export type EnqueueMailRow = { job_id: number }

/** The outbox: the mail and its job are written by the caller's transaction. */
export const enqueueMail = (p: { id: string; kind: string; address: string; userId: string | null; about: string | null }) =>
  sql.prepared('enqueueMail', row<EnqueueMailRow>())`
with mail as (
  insert into mails (id, kind, address, user_id, about) values (${p.id}, ${p.kind}, ${p.address}, ${p.userId}, ${p.about})
  returning id
)
select job.id as "job_id" from mail, lateral graphile_worker.add_job('send_mail', json_build_object('id', mail.id), job_key => mail.id::text) job`

export type BeginMailRow = { id: string; kind: string; address: string; user_id: string | null; about: string | null; attempts: number; created_at: string }

export const beginMail = (p: { id: string }) =>
  sql.prepared('beginMail', row<BeginMailRow>())`
update mails set attempts = attempts + 1
where id = ${p.id} and status = 'queued'
returning id, kind, address, user_id, about, attempts, created_at`

export type FinishMailRow = Record<never, never>

export const finishMail = (p: { status: string; lastError: string | null; id: string }) =>
  sql.prepared('finishMail', row<FinishMailRow>())`
update mails set status = ${p.status}, last_error = ${p.lastError}, sent_at = case when ${p.status} = 'sent' then now() end
where id = ${p.id}`

export type NoteMailErrorRow = Record<never, never>

export const noteMailError = (p: { lastError: string; id: string }) =>
  sql.prepared('noteMailError', row<NoteMailErrorRow>())`
update mails set last_error = ${p.lastError} where id = ${p.id}`

export type InsertRegistrationRow = { user_id: string }

export const insertRegistration = (p: { userId: string; address: string; email: string; firstName: string; lastName: string; language: string; passwordHash: Uint8Array; ipAddress: string; userAgent: string }) =>
  sql.prepared('insertRegistration', row<InsertRegistrationRow>())`
insert into registrations (user_id, address, email, first_name, last_name, language, password_hash, ip_address, user_agent)
values (${p.userId}, ${p.address}, ${p.email}, ${p.firstName}, ${p.lastName}, ${p.language}, ${sql.binary(Buffer.from(p.passwordHash))}, ${p.ipAddress}, ${p.userAgent})
returning user_id`

export type FindRegistrationRow = { user_id: string; email: string; language: string; ip_address: string; user_agent: string; created_at: string }

/** The registration that a mail speaks of: the named one, or else the latest of the address. */
export const findRegistration = (p: { address: string; userId: string | null }) =>
  sql.prepared('findRegistration', row<FindRegistrationRow>())`
select user_id, email, language, ip_address, user_agent, created_at
from registrations
where address = ${p.address} and expires_at > now() and user_id = coalesce(${p.userId}, user_id)
order by created_at desc
limit 1`

export type FindRegistrationByIdRow = { address: string; email: string; first_name: string; last_name: string; language: string; password_hash: Uint8Array }

export const findRegistrationById = (p: { userId: string }) =>
  sql.prepared('findRegistrationById', row<FindRegistrationByIdRow>())`
select address, email, first_name, last_name, language, password_hash
from registrations
where user_id = ${p.userId} and expires_at > now()`

export type DeleteRegistrationRow = { user_id: string }

export const deleteRegistration = (p: { userId: string }) =>
  sql.prepared('deleteRegistration', row<DeleteRegistrationRow>())`
delete from registrations
where user_id = ${p.userId} and expires_at > now()
returning user_id`

export type VoidRegistrationsRow = Record<never, never>

export const voidRegistrations = (p: { address: string }) =>
  sql.prepared('voidRegistrations', row<VoidRegistrationsRow>())`
delete from registrations where address = ${p.address}`

export type InsertSecurityEventRow = Record<never, never>

export const insertSecurityEvent = (p: { userId: string; id: string; type: string; actorId: string | null; ipAddress: string | null; userAgent: string | null }) =>
  sql.prepared('insertSecurityEvent', row<InsertSecurityEventRow>())`
insert into security_events (user_id, id, type, actor_id, ip_address, user_agent)
values (${p.userId}, ${p.id}, ${p.type}, ${p.actorId}, ${p.ipAddress}, ${p.userAgent})`

export type ReadServiceStateRow = { now: number; latest_migration: number }

export const readServiceState = () =>
  sql.prepared('readServiceState', row<ReadServiceStateRow>())`
select extract(epoch from clock_timestamp())::float8 as "now", (select coalesce(max(number), 0) from migrations) as "latest_migration"`

export type ClaimSignInRow = { id: string }

/** Refuses when the password or the account changed since the password was verified. */
export const claimSignIn = (p: { userId: string; verifiedHash: Uint8Array }) =>
  sql.prepared('claimSignIn', row<ClaimSignInRow>())`
update users set last_login = now()
where id = ${p.userId} and is_active and password_hash = ${sql.binary(Buffer.from(p.verifiedHash))}
returning id`

export type InsertSessionRow = { user_id: string; id: string; generation: number; issued_at: number; idle_until: number }

export const insertSession = (p: { userId: string; id: string; idleLifetime: number; absoluteLifetime: number; ipAddress: string; userAgent: string }) =>
  sql.prepared('insertSession', row<InsertSessionRow>())`
insert into sessions (user_id, id, idle_until, absolute_until, ip_address, user_agent)
values (
  ${p.userId}, ${p.id},
  now() + make_interval(secs => least(${p.idleLifetime}::float8, ${p.absoluteLifetime}::float8)),
  now() + make_interval(secs => ${p.absoluteLifetime}::float8),
  ${p.ipAddress}, ${p.userAgent}
)
returning user_id, id, generation,
  floor(extract(epoch from now()))::integer as "issued_at", floor(extract(epoch from idle_until))::integer as "idle_until"`

export type RotateSessionRow = { user_id: string; id: string; generation: number; issued_at: number; idle_until: number }

/** One update: whoever loses the race waits, sees the winner's generation, and gets the same successor. Times are rounded down: an iat in the future, be it by half a second, is refused by others who verify. */
export const rotateSession = (p: { generation: number; idleLifetime: number; userId: string; sessionId: string; grace: number }) =>
  sql.prepared('rotateSession', row<RotateSessionRow>())`
update sessions
set generation = case when generation = ${p.generation} then ${p.generation} + 1 else generation end,
    parent_began = case when generation = ${p.generation} then began else parent_began end,
    began = case when generation = ${p.generation} then now() else began end,
    last_used_at = now(),
    idle_until = least(now() + make_interval(secs => ${p.idleLifetime}::float8), absolute_until)
where user_id = ${p.userId} and id = ${p.sessionId}
  and exists (select from users u where u.id = ${p.userId} and u.is_active)
  and ended_at is null and now() < least(idle_until, absolute_until)
  and (generation = ${p.generation} or (generation = ${p.generation} + 1 and began > now() - make_interval(secs => ${p.grace})))
returning user_id, id, generation,
  floor(extract(epoch from now()))::integer as "issued_at", floor(extract(epoch from idle_until))::integer as "idle_until"`

export type EndReusedSessionRow = { user_id: string; id: string }

/** An older generation, outside every grace: somebody else holds this token. A grandparent within the grace is a slow tab, not reuse. */
export const endReusedSession = (p: { userId: string; sessionId: string; generation: number; grace: number }) =>
  sql.prepared('endReusedSession', row<EndReusedSessionRow>())`
update sessions
set ended_at = now(), ended_by = 'refresh_reused'
where user_id = ${p.userId} and id = ${p.sessionId} and ended_at is null and now() < least(idle_until, absolute_until)
  and (
    (generation = ${p.generation} + 1 and began <= now() - make_interval(secs => ${p.grace}))
    or (generation = ${p.generation} + 2 and parent_began <= now() - make_interval(secs => ${p.grace}))
    or generation > ${p.generation} + 2
  )
returning user_id, id`

export type EndSessionRow = { id: string }

export const endSession = (p: { endedBy: string; userId: string; sessionId: string }) =>
  sql.prepared('endSession', row<EndSessionRow>())`
update sessions set ended_at = now(), ended_by = ${p.endedBy}
where user_id = ${p.userId} and id = ${p.sessionId} and ended_at is null
returning id`

export type EndSessionsRow = Record<never, never>

export const endSessions = (p: { endedBy: string; userId: string }) =>
  sql.prepared('endSessions', row<EndSessionsRow>())`
update sessions set ended_at = now(), ended_by = ${p.endedBy}
where user_id = ${p.userId} and ended_at is null`

export type FindPrincipalRow = { id: string; email: string; first_name: string; last_name: string; language: string; is_active: boolean; is_superuser: boolean; date_joined: string; last_login: string | null; session_live: boolean }

/** Everything an authenticated request needs to know of its user and session. */
export const findPrincipal = (p: { sessionId: string; userId: string }) =>
  sql.prepared('findPrincipal', row<FindPrincipalRow>())`
select u.id, u.email, u.first_name, u.last_name, u.language, u.is_active, u.is_superuser, u.date_joined, u.last_login,
  coalesce(s.ended_at is null and now() < least(s.idle_until, s.absolute_until), false) as "session_live"
from users u left join sessions s on s.user_id = u.id and s.id = ${p.sessionId}
where u.id = ${p.userId}`

export type FindLiveGenerationRow = { generation: number }

/** Whether a refresh token would be answered now. */
export const findLiveGeneration = (p: { userId: string; sessionId: string; generation: number; grace: number }) =>
  sql.prepared('findLiveGeneration', row<FindLiveGenerationRow>())`
select s.generation from sessions s join users u on u.id = s.user_id
where s.user_id = ${p.userId} and s.id = ${p.sessionId} and u.is_active
  and s.ended_at is null and now() < least(s.idle_until, s.absolute_until)
  and (s.generation = ${p.generation} or (s.generation = ${p.generation} + 1 and s.began > now() - make_interval(secs => ${p.grace})))`
