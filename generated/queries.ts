// Generated from sql/ by npm run generate. Do not edit.
import { sql, type SerializableValue } from 'slonik'
import { row } from '../src/db/row.ts'

export type FindUserIdByAddressRow = { user_id: string }

export const findUserIdByAddress = (p: { address: string }) =>
  sql.prepared('findUserIdByAddress', row<FindUserIdByAddressRow>())`
select user_id from emails where address = ${p.address} and kind = 'current'`

export type FindPasswordHashRow = { id: string; password_hash: Uint8Array | null }

export const findPasswordHash = (p: { userId: string }) =>
  sql.prepared('findPasswordHash', row<FindPasswordHashRow>())`
select id, password_hash from users where id = ${p.userId}`

export type FindSignInHashRow = { password_hash: Uint8Array | null }

/** Returns no row for a suspended user. The service then refuses the sign-in as it does for an unknown email address, and after the same time, even if the password is right (security 13). */
export const findSignInHash = (p: { userId: string }) =>
  sql.prepared('findSignInHash', row<FindSignInHashRow>())`
select password_hash from users where id = ${p.userId} and is_active`

export type ClaimAddressRow = { user_id: string }

/** Makes an email address the user's current email address. A held email address can be claimed by its former owner, and by any user after the hold has ended. Returns no row if another user has the email address. */
export const claimAddress = (p: { address: string; userId: string }) =>
  sql.prepared('claimAddress', row<ClaimAddressRow>())`
insert into emails (address, user_id) values (${p.address}, ${p.userId})
on conflict (address) do update set user_id = excluded.user_id, kind = 'current', held_until = null
where emails.kind = 'held' and (emails.user_id = excluded.user_id or emails.held_until < now())
returning user_id`

export type SetPasswordRow = { id: string; email: string }

export const setPassword = (p: { passwordHash: Uint8Array; userId: string }) =>
  sql.prepared('setPassword', row<SetPasswordRow>())`
update users set password_hash = ${sql.binary(Buffer.from(p.passwordHash))}, email_confirmed = true
where id = ${p.userId} and is_active
returning id, email`

export type RehashPasswordRow = { id: string }

/** Replaces an outdated password hash by a new hash of the same password. Returns no row if the password was changed in the meantime. */
export const rehashPassword = (p: { passwordHash: Uint8Array; userId: string; verifiedHash: Uint8Array }) =>
  sql.prepared('rehashPassword', row<RehashPasswordRow>())`
update users set password_hash = ${sql.binary(Buffer.from(p.passwordHash))}
where id = ${p.userId} and password_hash = ${sql.binary(Buffer.from(p.verifiedHash))}
returning id`

export type LockSuperusersRow = { locked: boolean }

/** Lets one transaction at a time remove, demote or suspend a superuser. A transaction must acquire this lock before all other locks (sql/README.md). */
export const lockSuperusers = () =>
  sql.prepared('lockSuperusers', row<LockSuperusersRow>())`
select pg_advisory_xact_lock(7283646) is null as "locked"`

export type FindLastSuperuserRow = { id: string }

/** Returns a row if the user is an active superuser, and no other active superuser has a password. A superuser without a password cannot sign in and may never set a password, and so cannot replace this superuser (security 108). */
export const findLastSuperuser = (p: { userId: string }) =>
  sql.prepared('findLastSuperuser', row<FindLastSuperuserRow>())`
select u.id from users u
where u.id = ${p.userId} and u.is_superuser and u.is_active
  and not exists (
    select from users other
    where other.is_superuser and other.is_active and other.password_hash is not null and other.id <> u.id
  )`

export type ChangePasswordRow = { id: string; email: string }

/** Returns no row if the password was changed since it was verified, or if the user or the session is no longer valid. */
export const changePassword = (p: { passwordHash: Uint8Array; userId: string; verifiedHash: Uint8Array; sessionId: string }) =>
  sql.prepared('changePassword', row<ChangePasswordRow>())`
update users set password_hash = ${sql.binary(Buffer.from(p.passwordHash))}
where id = ${p.userId} and is_active and password_hash = ${sql.binary(Buffer.from(p.verifiedHash))}
  and exists (
    select from sessions s
    where s.user_id = users.id and s.id = ${p.sessionId} and s.ended_at is null
      and coalesce(s.kept_at, s.created_at) > users.sessions_valid_after and now() < least(s.idle_until, s.absolute_until)
  )
returning id, email`

export type InsertCodeRow = { expires_at: string }

/** Stores the hash of a code for a user or for a registration. The caller must hold lockCodes, which an erasure holds as well. Returns no row if neither the user nor the registration exists any more. */
export const insertCode = (p: { userId: string; hash: Uint8Array; purpose: string; mailId: string; about: string | null; lifetime: number }) =>
  sql.prepared('insertCode', row<InsertCodeRow>())`
insert into codes (user_id, hash, purpose, mail_id, about, expires_at)
select ${p.userId}, ${sql.binary(Buffer.from(p.hash))}, ${p.purpose}, ${p.mailId}, ${p.about}, now() + make_interval(secs => ${p.lifetime})
where exists (select from users where id = ${p.userId}) or exists (select from registrations where user_id = ${p.userId})
returning expires_at`

export type LockCodesRow = { locked: boolean }

/** Locks a user's codes until the end of the transaction: one transaction at a time mints, consumes or deletes them. An erasure holds the lock as well. sql/README.md gives the order in which locks are acquired. */
export const lockCodes = (p: { userId: string }) =>
  sql.prepared('lockCodes', row<LockCodesRow>())`
select pg_advisory_xact_lock(hashtextextended(${p.userId}::text, 0)) is null as "locked"`

export type FindNewerCodeRow = { mail_id: string }

/** Finds an unused code of a later request for the same purpose. The order of mail ids is the order of the requests. Undo codes count only if they belong to the same change of email address. */
export const findNewerCode = (p: { userId: string; purpose: string; mailId: string; about: string | null }) =>
  sql.prepared('findNewerCode', row<FindNewerCodeRow>())`
select mail_id from codes
where user_id = ${p.userId} and purpose = ${p.purpose} and mail_id > ${p.mailId} and used_at is null
  and (purpose <> 'undo_email' or about = ${p.about})
limit 1`

export type VoidOlderCodesRow = Record<never, never>

/** Deletes the unused codes of earlier requests for the same purpose. Undo codes of other changes of email address stay. */
export const voidOlderCodes = (p: { userId: string; purpose: string; mailId: string; about: string | null }) =>
  sql.prepared('voidOlderCodes', row<VoidOlderCodesRow>())`
delete from codes
where user_id = ${p.userId} and purpose = ${p.purpose} and mail_id < ${p.mailId} and used_at is null
  and (purpose <> 'undo_email' or about = ${p.about})`

export type VoidCodesRow = Record<never, never>

/** Deletes a user's unused codes and the unconfirmed change of email address. The change is deleted because its mail may still be queued, and the worker would mint another code for it. Undo codes stay, because an attacker may have changed the password or the email address. */
export const voidCodes = (p: { userId: string }) =>
  sql.prepared('voidCodes', row<VoidCodesRow>())`
with void as (delete from email_changes where user_id = ${p.userId} and confirmed_at is null)
delete from codes where user_id = ${p.userId} and used_at is null and purpose <> 'undo_email'`

export type FindLiveRecoveryCodeRow = { email: string }

/** Returns the email address of the account whose password the code can set. The code belongs to an active user or to a registration. */
export const findLiveRecoveryCode = (p: { userId: string; hash: Uint8Array }) =>
  sql.prepared('findLiveRecoveryCode', row<FindLiveRecoveryCodeRow>())`
select coalesce(u.email, r.address) as "email"
from codes c
  left join users u on u.id = c.user_id
  left join registrations r on r.user_id = c.user_id and r.expires_at > now()
where c.user_id = ${p.userId} and c.hash = ${sql.binary(Buffer.from(p.hash))} and c.purpose = 'restore' and c.used_at is null and c.expires_at > now()
  and coalesce(u.is_active, r.user_id is not null)`

export type ConsumeRepetitionRow = { password_hash: Uint8Array | null }

/** Counts a repeated use of a recovery code that was used in the last :seconds seconds. Returns the hash of the current password, which the caller compares with the password of the request. The use is counted before the caller verifies the password, so that parallel requests cannot exceed :limit repetitions. */
export const consumeRepetition = (p: { userId: string; hash: Uint8Array; seconds: number; limit: number }) =>
  sql.prepared('consumeRepetition', row<ConsumeRepetitionRow>())`
update codes c set repetitions = c.repetitions + 1
from users u
where c.user_id = ${p.userId} and c.hash = ${sql.binary(Buffer.from(p.hash))} and c.purpose = 'restore'
  and c.used_at > now() - make_interval(secs => ${p.seconds}) and c.repetitions < ${p.limit}
  and u.id = c.user_id and u.is_active
returning u.password_hash`

export type ConsumeCodeRow = { user_id: string; about: string | null }

/** Marks a code as used. Returns the user of the code. For the code of a change of email address, `about` is the id of the change. */
export const consumeCode = (p: { userId: string; hash: Uint8Array; purpose: string }) =>
  sql.prepared('consumeCode', row<ConsumeCodeRow>())`
update codes set used_at = now()
where user_id = ${p.userId} and hash = ${sql.binary(Buffer.from(p.hash))} and purpose = ${p.purpose} and used_at is null and expires_at > now()
returning user_id, about`

export type SupersedeActivationCodesRow = Record<never, never>

/** After one registration of an email address was activated, marks the activation codes of the others. The transaction has claimed the email address before, so that no other activation of it writes to these codes (order of locks: sql/README.md). */
export const supersedeActivationCodes = (p: { activatedId: string; userIds: readonly string[] }) =>
  sql.prepared('supersedeActivationCodes', row<SupersedeActivationCodesRow>())`
update codes set about = ${p.activatedId}
where user_id = any(${sql.array(p.userIds, 'uuid')}) and user_id <> ${p.activatedId} and purpose = 'activate'`

export type FindActivatedUserRow = { id: string; superseded: boolean }

/** Finds the active account of an activation code's email address. This code, another code of the same registration, or a code of another registration of the email address may have activated the account. */
export const findActivatedUser = (p: { userId: string; hash: Uint8Array }) =>
  sql.prepared('findActivatedUser', row<FindActivatedUserRow>())`
select u.id, c.about is not null as "superseded"
from codes c join users u on u.id = coalesce(c.about, c.user_id)
where c.user_id = ${p.userId} and c.hash = ${sql.binary(Buffer.from(p.hash))} and c.purpose = 'activate' and c.expires_at > now() and u.is_active`

export type FindCodeStateRow = { language: string | null; email: string | null; state: string }

/** Reads the state of a mailed code for its page, and changes nothing, because mail scanners open links. Also returns the language of the account, and the email address that the code is about: the new one of a change, the one that an undo restores, or that of the account. The state is `unknown` if another account has the email address that the code would claim. */
export const findCodeState = (p: { userId: string; hash: Uint8Array; purpose: string }) =>
  sql.prepared('findCodeState', row<FindCodeStateRow>())`
select
  coalesce(u.language, r.language) as "language",
  case when c.purpose = 'confirm_email' then e.email when c.purpose = 'undo_email' then e.old_email
    else coalesce(u.email, r.address) end as "email",
  case
    when not u.is_active then 'suspended'
    when c.purpose = 'activate' and u.id is not null then case when c.about is null then 'done' else 'superseded' end
    when c.purpose = 'confirm_email' and c.used_at is not null and e.confirmed_at is not null and e.undone_at is null
      then 'done'
    when c.purpose = 'undo_email' and e.undone_at is not null then 'done'
    when c.used_at is not null then 'used'
    when c.expires_at <= now() or coalesce(u.id, r.user_id) is null or e.undo_until <= now() then 'expired'
    when c.purpose in ('confirm_email', 'undo_email')
      and (e.id is null or (e.confirmed_at is null) <> (c.purpose = 'confirm_email')) then 'unknown'
    when exists (
      select from emails
      where address = case c.purpose when 'confirm_email' then e.address when 'undo_email' then e.old_address
        else r.address end
        and user_id <> c.user_id and (kind = 'current' or held_until >= now())
    ) then 'unknown'
    else 'live'
  end as "state"
from codes c
  left join users u on u.id = case when c.purpose = 'activate' then coalesce(c.about, c.user_id) else c.user_id end
  left join registrations r on r.user_id = c.user_id and r.expires_at > now()
  left join email_changes e on e.user_id = c.user_id and e.id = c.about and c.purpose <> 'activate'
where c.user_id = ${p.userId} and c.hash = ${sql.binary(Buffer.from(p.hash))} and c.purpose = ${p.purpose}`

export type FindKnownNetworkRow = { user_id: string }

/** Returns a row if there was an earlier sign-in to the account from the network of this IP address. */
export const findKnownNetwork = (p: { address: string; ipAddress: string }) =>
  sql.prepared('findKnownNetwork', row<FindKnownNetworkRow>())`
select d.user_id from devices d join emails e on e.user_id = d.user_id
where e.address = ${p.address} and e.kind = 'current'
  and d.network = network(set_masklen(${p.ipAddress}::inet, case family(${p.ipAddress}::inet) when 4 then 24 else 64 end))
limit 1`

export type DeleteOtherDevicesRow = Record<never, never>

/** Deletes all devices of a user except the device of the current client. */
export const deleteOtherDevices = (p: { userId: string; ipAddress: string; device: string }) =>
  sql.prepared('deleteOtherDevices', row<DeleteOtherDevicesRow>())`
delete from devices
where user_id = ${p.userId} and not (
  network = network(set_masklen(${p.ipAddress}::inet, case family(${p.ipAddress}::inet) when 4 then 24 else 64 end))
  and device = ${p.device}
)`

export type SaveDeviceRow = { is_new: boolean }

/** Saves the device of a sign-in. The device counts as new if it was not known and the user has other devices. xmax is 0 if the row was inserted, and the subselect does not see the inserted row. */
export const saveDevice = (p: { userId: string; ipAddress: string; device: string }) =>
  sql.prepared('saveDevice', row<SaveDeviceRow>())`
insert into devices (user_id, network, device)
values (
  ${p.userId},
  network(set_masklen(${p.ipAddress}::inet, case family(${p.ipAddress}::inet) when 4 then 24 else 64 end)),
  ${p.device}
)
on conflict (user_id, network, device) do update set last_seen_at = now()
returning xmax = 0 and exists (select from devices known where known.user_id = ${p.userId}) as "is_new"`

export type CountExportsRow = { users: number; created: number; logs: number }

/** Counts the users, and the records of the login log that were not imported. Imported ids are of version 5. */
export const countExports = () =>
  sql.prepared('countExports', row<CountExportsRow>())`
select
  (select count(*) from users) as "users",
  (select count(*) from users u where not exists (select from legacy_ids l where l.user_id = u.id)) as "created",
  (select count(*) from login_logs where substr(id::text, 15, 1) <> '5') as "logs"`

export type ListLinkedUsersRow = { id: string; email: string; first_name: string; last_name: string; password_hash: Uint8Array | null; is_active: boolean; is_superuser: boolean; date_joined: string; last_login: string | null; legacy_id: string }

/** Returns users with a legacy id, in the order of their ids. */
export const listLinkedUsers = (p: { after: string; limit: number }) =>
  sql.prepared('listLinkedUsers', row<ListLinkedUsersRow>())`
select u.id, u.email, u.first_name, u.last_name,
u.password_hash, u.is_active, u.is_superuser,
(u.date_joined at time zone 'UTC')::text as "date_joined",
(u.last_login at time zone 'UTC')::text as "last_login", l.legacy_id
from users u cross join lateral (select legacy_id from legacy_ids where user_id = u.id limit 1) l
where u.id > ${p.after}
order by u.id
limit ${p.limit}`

export type FindLinkedUsersRow = { id: string; email: string; first_name: string; last_name: string; password_hash: Uint8Array | null; is_active: boolean; is_superuser: boolean; date_joined: string; last_login: string | null; legacy_id: string }

/** Returns the users with these legacy ids. A legacy id that is known without a user belongs to an erased user. */
export const findLinkedUsers = (p: { legacyIds: readonly string[] }) =>
  sql.prepared('findLinkedUsers', row<FindLinkedUsersRow>())`
select u.id, u.email, u.first_name, u.last_name,
u.password_hash, u.is_active, u.is_superuser,
(u.date_joined at time zone 'UTC')::text as "date_joined",
(u.last_login at time zone 'UTC')::text as "last_login", l.legacy_id
from legacy_ids l join users u on u.id = l.user_id
where l.legacy_id = any(${sql.array(p.legacyIds, 'text')}::text[])`

export type ListUnlinkedUsersRow = { id: string; email: string; first_name: string; last_name: string; password_hash: Uint8Array | null; is_active: boolean; is_superuser: boolean; date_joined: string; last_login: string | null }

/** Returns users without a legacy id, in the order of their ids. */
export const listUnlinkedUsers = (p: { after: string; limit: number }) =>
  sql.prepared('listUnlinkedUsers', row<ListUnlinkedUsersRow>())`
select u.id, u.email, u.first_name, u.last_name,
u.password_hash, u.is_active, u.is_superuser,
(u.date_joined at time zone 'UTC')::text as "date_joined",
(u.last_login at time zone 'UTC')::text as "last_login"
from users u
where u.id > ${p.after} and (select l.user_id from legacy_ids l where l.user_id = u.id limit 1) is null
order by u.id
limit ${p.limit}`

export type ListErasedLegacyIdsRow = { legacy_id: string }

/** Returns the legacy ids of erased users. */
export const listErasedLegacyIds = (p: { after: string; limit: number }) =>
  sql.prepared('listErasedLegacyIds', row<ListErasedLegacyIdsRow>())`
select l.legacy_id
from legacy_ids l
where l.legacy_id > ${p.after} and (select u.id from users u where u.id = l.user_id limit 1) is null
order by l.legacy_id
limit ${p.limit}`

export type ListNewLoginLogsRow = { id: string; legacy_id: string | null; ip_address: string; user_agent: string; timestamp: string }

/** Returns records of the login log that were not imported, with all records of the last moment. So a batch never ends between records of the same moment. */
export const listNewLoginLogs = (p: { after: string; limit: number }) =>
  sql.prepared('listNewLoginLogs', row<ListNewLoginLogsRow>())`
select g.id, l.legacy_id, host(g.ip_address) as "ip_address", g.user_agent,
  (g.timestamp at time zone 'UTC')::text as "timestamp"
from login_logs g left join lateral (select legacy_id from legacy_ids where user_id = g.user_id limit 1) l on true
where g.timestamp > ${p.after}::text::timestamptz and substr(g.id::text, 15, 1) <> '5'
order by g.timestamp
fetch first (${p.limit}::bigint) rows with ties`

export type LockVerifiedUserRow = { id: string }

/** Locks the user's row until the end of the transaction. Returns no row if the user was suspended, if the session has ended, or if the password was changed since it was verified. */
export const lockVerifiedUser = (p: { userId: string; verifiedHash: Uint8Array; sessionId: string }) =>
  sql.prepared('lockVerifiedUser', row<LockVerifiedUserRow>())`
select id from users
where id = ${p.userId} and is_active and password_hash = ${sql.binary(Buffer.from(p.verifiedHash))}
  and exists (
    select from sessions s
    where s.user_id = users.id and s.id = ${p.sessionId} and s.ended_at is null
      and coalesce(s.kept_at, s.created_at) > users.sessions_valid_after and now() < least(s.idle_until, s.absolute_until)
  )
for no key update`

export type VoidEmailChangeRow = Record<never, never>

/** Deletes the unconfirmed change of email address and its code. Every new request runs this statement, even if the new email address belongs to another user. If the earlier code still worked in that case, the code would reveal to the client that the new email address is taken. */
export const voidEmailChange = (p: { userId: string }) =>
  sql.prepared('voidEmailChange', row<VoidEmailChangeRow>())`
with void as (delete from codes where user_id = ${p.userId} and purpose = 'confirm_email' and used_at is null)
delete from email_changes where user_id = ${p.userId} and confirmed_at is null`

export type InsertEmailChangeRow = Record<never, never>

export const insertEmailChange = (p: { userId: string; id: string; address: string; email: string }) =>
  sql.prepared('insertEmailChange', row<InsertEmailChangeRow>())`
insert into email_changes (user_id, id, address, email) values (${p.userId}, ${p.id}, ${p.address}, ${p.email})`

export type FindWaitingEmailChangeRow = { email: string; requested_at: string; old_email: string; language: string }

export const findWaitingEmailChange = (p: { userId: string; id: string }) =>
  sql.prepared('findWaitingEmailChange', row<FindWaitingEmailChangeRow>())`
select c.email, c.requested_at, u.email as old_email, u.language
from email_changes c join users u on u.id = c.user_id
where c.user_id = ${p.userId} and c.id = ${p.id} and c.confirmed_at is null and u.is_active`

export type LockWaitingEmailChangeRow = { address: string; email: string; old_email: string; first_name: string; last_name: string }

/** Locks the user's row. Returns the unconfirmed change of email address, and the names from which the caller builds the search text. */
export const lockWaitingEmailChange = (p: { userId: string; id: string }) =>
  sql.prepared('lockWaitingEmailChange', row<LockWaitingEmailChangeRow>())`
select c.address, c.email, u.email as old_email, u.first_name, u.last_name
from email_changes c join users u on u.id = c.user_id
where c.user_id = ${p.userId} and c.id = ${p.id} and c.confirmed_at is null and u.is_active
for no key update of u`

export type FindOtherOwnerRow = { user_id: string }

/** Finds another user who prevents the given user from claiming the email address. The condition is the opposite of the condition in claimAddress. */
export const findOtherOwner = (p: { address: string; userId: string }) =>
  sql.prepared('findOtherOwner', row<FindOtherOwnerRow>())`
select user_id from emails
where address = ${p.address} and user_id <> ${p.userId} and (kind = 'current' or held_until >= now())`

export type HoldAddressRow = { address: string }

/** Makes the current email address a former email address, and holds it for the lifetime of an undo code (undoLifetime in src/domain/mails/codes.ts). */
export const holdAddress = (p: { undoLifetime: number; userId: string; newAddress: string }) =>
  sql.prepared('holdAddress', row<HoldAddressRow>())`
update emails set kind = 'held', held_until = now() + make_interval(secs => ${p.undoLifetime})
where user_id = ${p.userId} and kind = 'current' and address <> ${p.newAddress}
returning address`

export type SetEmailRow = { id: string }

export const setEmail = (p: { email: string; searchText: string; userId: string }) =>
  sql.prepared('setEmail', row<SetEmailRow>())`
update users set email = ${p.email}, search_text = ${p.searchText}, email_confirmed = true
where id = ${p.userId}
returning id`

export type ConfirmEmailChangeRow = { id: string }

export const confirmEmailChange = (p: { oldAddress: string; oldEmail: string; userId: string; id: string }) =>
  sql.prepared('confirmEmailChange', row<ConfirmEmailChangeRow>())`
update email_changes set old_address = ${p.oldAddress}, old_email = ${p.oldEmail}, confirmed_at = now()
where user_id = ${p.userId} and id = ${p.id}
returning id`

export type FindUndoableEmailChangeRow = { old_email: string; confirmed_at: string; language: string }

/** Finds a confirmed change of email address that can still be undone. */
export const findUndoableEmailChange = (p: { userId: string; id: string }) =>
  sql.prepared('findUndoableEmailChange', row<FindUndoableEmailChangeRow>())`
select c.old_email, c.confirmed_at, u.language
from email_changes c join users u on u.id = c.user_id
where c.user_id = ${p.userId} and c.id = ${p.id} and c.confirmed_at is not null and c.undone_at is null
  and coalesce(c.undo_until > now(), true)`

export type LockUndoableEmailChangeRow = { old_address: string; old_email: string; new_email: string; first_name: string; last_name: string }

/** Locks the user's row. Returns the change of email address that can still be undone, and the names from which the caller builds the search text. */
export const lockUndoableEmailChange = (p: { userId: string; id: string }) =>
  sql.prepared('lockUndoableEmailChange', row<LockUndoableEmailChangeRow>())`
select c.old_address, c.old_email, u.email as new_email, u.first_name, u.last_name
from email_changes c join users u on u.id = c.user_id
where c.user_id = ${p.userId} and c.id = ${p.id} and c.confirmed_at is not null and c.undone_at is null and u.is_active
  and coalesce(c.undo_until > now(), true)
for no key update of u`

export type MarkChangesRecoveredRow = Record<never, never>

/** Records on all confirmed changes of a user that the password was recovered. This shows that the user can read mail at the current email address: a change of email address deletes the codes that were mailed to an earlier email address. */
export const markChangesRecovered = (p: { userId: string }) =>
  sql.prepared('markChangesRecovered', row<MarkChangesRecoveredRow>())`
update email_changes set recovered_at = now()
where user_id = ${p.userId} and confirmed_at is not null and undone_at is null and recovered_at is null`

export type FindEndableUndoRow = { id: string }

/** Finds the change that set the user's current email address. Returns no row if the password was not recovered at this email address, or if the change can no longer be undone. */
export const findEndableUndo = (p: { userId: string; undoLifetime: number }) =>
  sql.prepared('findEndableUndo', row<FindEndableUndoRow>())`
select c.id from email_changes c
where c.user_id = ${p.userId} and c.recovered_at is not null and c.undone_at is null
  and coalesce(c.undo_until > now(), true)
  and (
    c.confirmed_at > now() - make_interval(secs => ${p.undoLifetime})
    or exists (select from codes where user_id = ${p.userId} and about = c.id and used_at is null and expires_at > now())
  )
  and c.confirmed_at = (
    select max(confirmed_at) from email_changes where user_id = ${p.userId} and undone_at is null
  )`

export type EndUndoRow = { undo_until: string | null }

/** Shortens the period in which each earlier change can be undone to :seconds seconds after its confirmation. Returns the end of the latest of these periods. */
export const endUndo = (p: { seconds: number; userId: string }) =>
  sql.prepared('endUndo', row<EndUndoRow>())`
with ended as (
  update email_changes
  set undo_until = least(undo_until, greatest(now(), confirmed_at + make_interval(secs => ${p.seconds})))
  where user_id = ${p.userId} and confirmed_at is not null and undone_at is null and coalesce(undo_until > now(), true)
  returning undo_until
)
select max(undo_until) as "undo_until" from ended`

export type RestoreAddressRow = { user_id: string }

/** Makes a former email address the current email address, under the conditions of claimAddress. In addition, the email address may already be the user's current email address, because of another change. */
export const restoreAddress = (p: { address: string; userId: string }) =>
  sql.prepared('restoreAddress', row<RestoreAddressRow>())`
insert into emails (address, user_id) values (${p.address}, ${p.userId})
on conflict (address) do update set user_id = excluded.user_id, kind = 'current', held_until = null
where emails.user_id = excluded.user_id or (emails.kind = 'held' and emails.held_until < now())
returning user_id`

export type ClearPasswordRow = { id: string }

/** Removes the password. The user cannot sign in before setting a new password with a mailed code. */
export const clearPassword = (p: { userId: string }) =>
  sql.prepared('clearPassword', row<ClearPasswordRow>())`
update users set password_hash = null
where id = ${p.userId}
returning id`

export type UndoEmailChangesRow = { id: string }

/** Marks a change and all later changes as undone, because the same person may have made them. Their undo codes no longer work. */
export const undoEmailChanges = (p: { userId: string; id: string }) =>
  sql.prepared('undoEmailChanges', row<UndoEmailChangesRow>())`
update email_changes set undone_at = now()
where user_id = ${p.userId} and undone_at is null
  and confirmed_at >= (select confirmed_at from email_changes where user_id = ${p.userId} and id = ${p.id})
returning id`

export type ReleaseAddressesRow = Record<never, never>

/** Deletes the email addresses of a change and of later changes. An email address stays if the undo of an earlier change can still restore it. */
export const releaseAddresses = (p: { userId: string; restoredAddress: string; undoLifetime: number }) =>
  sql.prepared('releaseAddresses', row<ReleaseAddressesRow>())`
delete from emails
where user_id = ${p.userId} and address <> ${p.restoredAddress} and address not in (
  select old_address from email_changes
  where user_id = ${p.userId} and undone_at is null and confirmed_at > now() - make_interval(secs => ${p.undoLifetime})
)`

export type EraseCodesRow = Record<never, never>

/** Deletes the codes of the users and of their registrations. Also deletes the codes of registrations that ended when another registration of the same email address was activated. */
export const eraseCodes = (p: { userIds: readonly string[] }) =>
  sql.prepared('eraseCodes', row<EraseCodesRow>())`
delete from codes where user_id = any(${sql.array(p.userIds, 'uuid')}) or about = any(${sql.array(p.userIds, 'uuid')})`

export type EraseEmailChangesRow = Record<never, never>

export const eraseEmailChanges = (p: { userId: string }) =>
  sql.prepared('eraseEmailChanges', row<EraseEmailChangesRow>())`
delete from email_changes where user_id = ${p.userId}`

export type EraseUserRow = { id: string; email: string; language: string }

/** Deletes a user. If :verifiedHash is given, the user is deleting their own account. In this case the statement deletes no row if the password was changed since it was verified, if the session has ended, or if the user is suspended. */
export const eraseUser = (p: { userId: string; verifiedHash: Uint8Array | null; sessionId: string | null }) =>
  sql.prepared('eraseUser', row<EraseUserRow>())`
delete from users
where id = ${p.userId} and (
  ${p.verifiedHash === null ? null : sql.binary(Buffer.from(p.verifiedHash))}::bytea is null
  or password_hash = ${p.verifiedHash === null ? null : sql.binary(Buffer.from(p.verifiedHash))} and is_active
  and exists (
    select from sessions s
    where s.user_id = users.id and s.id = ${p.sessionId} and s.ended_at is null
      and coalesce(s.kept_at, s.created_at) > users.sessions_valid_after and now() < least(s.idle_until, s.absolute_until)
  )
)
returning id, email, language`

export type FindOwnAddressesRow = { address: string }

/** Returns the current email address of a user, and the former email addresses that are held for the user. */
export const findOwnAddresses = (p: { userId: string }) =>
  sql.prepared('findOwnAddresses', row<FindOwnAddressesRow>())`
select address from emails
where user_id = ${p.userId} and (kind = 'current' or held_until > now())`

export type EraseRegistrationsRow = { user_id: string }

export const eraseRegistrations = (p: { addresses: readonly string[] }) =>
  sql.prepared('eraseRegistrations', row<EraseRegistrationsRow>())`
delete from registrations where address = any(${sql.array(p.addresses, 'text')})
returning user_id`

export type EraseMailsRow = { address: string }

/** Deletes the mails of a user. Also deletes mails to the user's email addresses that belong to no existing user. Such mails were requested with an email address alone, or belong to a registration. */
export const eraseMails = (p: { userId: string; addresses: readonly string[] }) =>
  sql.prepared('eraseMails', row<EraseMailsRow>())`
delete from mails
where user_id = ${p.userId}
  or (address = any(${sql.array(p.addresses, 'text')}) and not exists (select from users u where u.id = mails.user_id))
returning address`

export type EraseAddressesRow = Record<never, never>

export const eraseAddresses = (p: { userId: string }) =>
  sql.prepared('eraseAddresses', row<EraseAddressesRow>())`
delete from emails where user_id = ${p.userId}`

export type EraseSessionsRow = Record<never, never>

export const eraseSessions = (p: { userId: string }) =>
  sql.prepared('eraseSessions', row<EraseSessionsRow>())`
delete from sessions where user_id = ${p.userId}`

export type EraseDevicesRow = Record<never, never>

export const eraseDevices = (p: { userId: string }) =>
  sql.prepared('eraseDevices', row<EraseDevicesRow>())`
delete from devices where user_id = ${p.userId}`

export type EraseIdempotencyKeysRow = Record<never, never>

/** Deletes the keys that the user sent. The key of the request that created the user stays, so that a late repetition of the request does not create the user again. */
export const eraseIdempotencyKeys = (p: { userId: string }) =>
  sql.prepared('eraseIdempotencyKeys', row<EraseIdempotencyKeysRow>())`
delete from idempotency_keys where actor_id = ${p.userId}`

export type EraseLoginLogsRow = Record<never, never>

/** Deletes the user's oldest rows, at least :batch + 1 of them if there are as many. The caller repeats the statement until it deletes :batch rows or fewer, because then none are left. */
export const eraseLoginLogs = (p: { userId: string; batch: number }) =>
  sql.prepared('eraseLoginLogs', row<EraseLoginLogsRow>())`
delete from login_logs
where user_id = ${p.userId} and timestamp <= coalesce(
  (select timestamp from login_logs where user_id = ${p.userId} order by timestamp, id offset ${p.batch} limit 1), 'infinity'
)`

export type AnonymizeSecurityEventsRow = Record<never, never>

/** Clears the IP address and the User-Agent of the user's oldest events, of at least :batch + 1 if there are as many. The caller repeats the statement until it changes :batch rows or fewer, because then none are left. The events stay. */
export const anonymizeSecurityEvents = (p: { userId: string; batch: number }) =>
  sql.prepared('anonymizeSecurityEvents', row<AnonymizeSecurityEventsRow>())`
update security_events set ip_address = null, user_agent = null
where user_id = ${p.userId} and (ip_address is not null or user_agent is not null) and timestamp <= coalesce(
  (
    select timestamp from security_events
    where user_id = ${p.userId} and (ip_address is not null or user_agent is not null)
    order by timestamp, id offset ${p.batch} limit 1
  ),
  'infinity'
)`

export type AnonymizeEventsOfActorRow = Record<never, never>

/** Clears the IP address and the User-Agent of events in which the user acted on other users as an administrator. */
export const anonymizeEventsOfActor = (p: { userId: string }) =>
  sql.prepared('anonymizeEventsOfActor', row<AnonymizeEventsOfActorRow>())`
update security_events set ip_address = null, user_agent = null
where actor_id = ${p.userId} and (ip_address is not null or user_agent is not null)`

export type ExportUserRow = { exported_at: string; id: string; email: string; first_name: string; last_name: string; language: string; is_active: boolean; is_superuser: boolean; email_confirmed: boolean; date_joined: string; last_login: string | null; email_suppressed: boolean; legacy_id: string | null }

export const exportUser = (p: { userId: string }) =>
  sql.prepared('exportUser', row<ExportUserRow>())`
select now() as "exported_at", id, email, first_name, last_name, language,
  is_active, is_superuser, email_confirmed,
  date_joined, last_login, exists (
  select from emails e join suppressed_addresses s on s.address = e.address
  where e.user_id = id and e.kind = 'current'
  offset 0
) as "email_suppressed",
  (select l.legacy_id from legacy_ids l where l.user_id = id) as "legacy_id"
from users
where id = ${p.userId}`

export type ExportAddressesRow = { address: string; kind: string; held_until: string | null }

export const exportAddresses = (p: { userId: string; afterTimestamp: string; afterAddress: string; limit: number }) =>
  sql.prepared('exportAddresses', row<ExportAddressesRow>())`
select address, kind, held_until
from emails
where user_id = ${p.userId}
  and (coalesce(held_until, 'infinity'), address) > (${p.afterTimestamp}, ${p.afterAddress})
order by coalesce(held_until, 'infinity'), address
limit ${p.limit}`

export type ExportEmailChangesRow = { id: string; email: string; old_email: string | null; requested_at: string; confirmed_at: string | null; undone_at: string | null }

export const exportEmailChanges = (p: { userId: string; afterTimestamp: string; afterId: string; limit: number }) =>
  sql.prepared('exportEmailChanges', row<ExportEmailChangesRow>())`
select id, email, old_email, requested_at, confirmed_at, undone_at
from email_changes
where user_id = ${p.userId} and (requested_at, id) > (${p.afterTimestamp}, ${p.afterId})
order by requested_at, id
limit ${p.limit}`

export type ExportSessionsRow = { id: string; created_at: string; last_used_at: string; expires_at: string; ip_address: string; user_agent: string; last_ip_address: string; last_user_agent: string; ended_at: string | null; ended_by: string | null }

/** Reads a page of sessions. A session that was ended through the user's row may not be marked as ended yet, so its end is read from the user's row. */
export const exportSessions = (p: { userId: string; afterTimestamp: string; afterId: string; limit: number }) =>
  sql.prepared('exportSessions', row<ExportSessionsRow>())`
select s.id, s.created_at, s.last_used_at, least(s.idle_until, s.absolute_until) as "expires_at",
  host(s.ip_address) as "ip_address", s.user_agent,
  host(coalesce(s.last_ip_address, s.ip_address)) as "last_ip_address",
  coalesce(s.last_user_agent, s.user_agent) as "last_user_agent",
  coalesce(s.ended_at, case when coalesce(s.kept_at, s.created_at) <= u.sessions_valid_after then u.sessions_valid_after end)
    as "ended_at",
  coalesce(s.ended_by, case when coalesce(s.kept_at, s.created_at) <= u.sessions_valid_after then u.sessions_ended_by end)
    as "ended_by"
from sessions s join users u on u.id = s.user_id
where s.user_id = ${p.userId} and (s.created_at, s.id) > (${p.afterTimestamp}, ${p.afterId})
order by s.created_at, s.id
limit ${p.limit}`

export type ExportDevicesRow = { network: string; device: string; first_seen_at: string; last_seen_at: string }

export const exportDevices = (p: { userId: string; afterTimestamp: string; afterNetwork: string; afterDevice: string; limit: number }) =>
  sql.prepared('exportDevices', row<ExportDevicesRow>())`
select network::text as "network", device, first_seen_at, last_seen_at
from devices
where user_id = ${p.userId}
  and (first_seen_at, network, device) > (${p.afterTimestamp}, ${p.afterNetwork}::text::cidr, ${p.afterDevice})
order by first_seen_at, network, device
limit ${p.limit}`

export type ExportLoginLogsRow = { id: string; user_id: string; ip_address: string; user_agent: string; timestamp: string }

export const exportLoginLogs = (p: { userId: string; afterTimestamp: string; afterId: string; limit: number }) =>
  sql.prepared('exportLoginLogs', row<ExportLoginLogsRow>())`
select id, user_id, host(ip_address) as "ip_address", user_agent, timestamp
from login_logs
where user_id = ${p.userId} and (timestamp, id) > (${p.afterTimestamp}, ${p.afterId})
order by timestamp, id
limit ${p.limit}`

export type ExportSecurityEventsRow = { id: string; user_id: string; type: string; actor_id: string | null; timestamp: string; ip_address: string | null; user_agent: string | null }

/** Reads a page of security events. If an administrator caused an event, its IP address and User-Agent are left out, because they are data of the administrator. */
export const exportSecurityEvents = (p: { userId: string; afterTimestamp: string; afterId: string; limit: number }) =>
  sql.prepared('exportSecurityEvents', row<ExportSecurityEventsRow>())`
select id, user_id, type, actor_id, timestamp,
  case when actor_id is null or actor_id = user_id then host(ip_address) end as "ip_address",
  case when actor_id is null or actor_id = user_id then user_agent end as "user_agent"
from security_events
where user_id = ${p.userId} and (timestamp, id) > (${p.afterTimestamp}, ${p.afterId})
order by timestamp, id
limit ${p.limit}`

export type ExportMailsRow = { id: string; kind: string; address: string; status: string; created_at: string; sent_at: string | null }

/** Reads a page of the user's mails, and of the mails to the user's email addresses that belong to no existing user. Mails that belong to no existing user are read only from date_joined on, because an email address may have belonged to another user before. Mails that confirm a new email address are left out, because their status would reveal whether another user has that email address. exportEmailChanges reads these requests. */
export const exportMails = (p: { userId: string; addresses: readonly string[]; afterTimestamp: string; afterId: string; limit: number }) =>
  sql.prepared('exportMails', row<ExportMailsRow>())`
select id, kind, address, status, created_at, sent_at
from mails
where (
    user_id = ${p.userId}
    or (
      address = any(${sql.array(p.addresses, 'text')})
      and created_at >= (select date_joined from users where id = ${p.userId})
      and not exists (select from users u where u.id = mails.user_id)
    )
  )
  and kind <> 'confirm_email'
  and (created_at, id) > (${p.afterTimestamp}, ${p.afterId})
order by created_at, id
limit ${p.limit}`

export type ClaimIdempotencyKeyRow = { user_id: string }

/** Records an idempotency key of the superuser for 24 hours. Of two simultaneous requests with the same key, the second waits here until the transaction of the first has ended. Returns no row if the key is recorded already. */
export const claimIdempotencyKey = (p: { actorId: string; keyHash: Uint8Array; requestHash: Uint8Array; userId: string }) =>
  sql.prepared('claimIdempotencyKey', row<ClaimIdempotencyKeyRow>())`
insert into idempotency_keys (actor_id, key_hash, request_hash, user_id)
values (${p.actorId}, ${sql.binary(Buffer.from(p.keyHash))}, ${sql.binary(Buffer.from(p.requestHash))}, ${p.userId})
on conflict (actor_id, key_hash) do update
set request_hash = excluded.request_hash, user_id = excluded.user_id, created_at = excluded.created_at
where idempotency_keys.created_at < now() - interval '24 hours'
returning user_id`

export type FindIdempotencyKeyRow = { request_hash: Uint8Array; user_id: string; created_at: string }

export const findIdempotencyKey = (p: { actorId: string; keyHash: Uint8Array }) =>
  sql.prepared('findIdempotencyKey', row<FindIdempotencyKeyRow>())`
select request_hash, user_id, created_at from idempotency_keys where actor_id = ${p.actorId} and key_hash = ${sql.binary(Buffer.from(p.keyHash))}`

export type FindImportedUsersRow = { legacy_id: string; user_id: string; exists: boolean }

/** Returns which legacy ids are known. A known id without a user belongs to an erased user. */
export const findImportedUsers = (p: { legacyIds: readonly string[] }) =>
  sql.prepared('findImportedUsers', row<FindImportedUsersRow>())`
select l.legacy_id, l.user_id, exists (select from users u where u.id = l.user_id) as "exists"
from legacy_ids l
where l.legacy_id = any(${sql.array(p.legacyIds, 'text')}::text[])`

export type FindTakenAddressesRow = { address: string; user_id: string; is_imported: boolean }

/** Returns the addresses of users, and the former addresses that are held for them. */
export const findTakenAddresses = (p: { addresses: readonly string[] }) =>
  sql.prepared('findTakenAddresses', row<FindTakenAddressesRow>())`
select address, user_id, exists (select from legacy_ids l where l.user_id = emails.user_id) as "is_imported"
from emails
where address = any(${sql.array(p.addresses, 'text')}::text[]) and (kind = 'current' or held_until > now())`

export type ImportUsersRow = { id: string; is_superuser: boolean }

/** Creates users with their email addresses and legacy ids, and deletes pending registrations of these addresses. Returns the created users. If it returns fewer than were given, an address or a legacy id was taken in the meantime, and the caller rolls the transaction back. */
export const importUsers = (p: { users: SerializableValue }) =>
  sql.prepared('importUsers', row<ImportUsersRow>())`
with given as (
  select * from jsonb_to_recordset(${sql.jsonb(p.users)}::jsonb) as u (
    id uuid, legacy_id text, address text, email text, first_name text, last_name text, language text, search_text text,
    password_hash text, is_active boolean, is_superuser boolean, email_confirmed boolean, date_joined timestamptz,
    last_login timestamptz
  )
),
known as (
  insert into legacy_ids (legacy_id, user_id) select legacy_id, id from given
  on conflict do nothing
  returning user_id
),
addressed as (
  insert into emails (address, user_id)
  select address, id from given where id in (select user_id from known) order by address
  on conflict (address) do update set user_id = excluded.user_id, kind = 'current', held_until = null
  where emails.kind = 'held' and emails.held_until < now()
  returning user_id
),
voided as (
  delete from registrations where address in (select address from given)
)
insert into users (
  id, email, first_name, last_name, language, search_text, password_hash, is_active, is_superuser, email_confirmed,
  date_joined, last_login
)
select id, email, first_name, last_name, language, search_text, decode(password_hash, 'base64'), is_active, is_superuser,
  email_confirmed, coalesce(date_joined, now()), last_login
from given
where id in (select user_id from addressed)
returning id, is_superuser`

export type LinkUsersRow = { legacy_id: string }

/** Records the legacy ids of users who already have an account. */
export const linkUsers = (p: { links: SerializableValue }) =>
  sql.prepared('linkUsers', row<LinkUsersRow>())`
insert into legacy_ids (legacy_id, user_id)
select legacy_id, user_id from jsonb_to_recordset(${sql.jsonb(p.links)}::jsonb) as l (legacy_id text, user_id uuid)
on conflict do nothing
returning legacy_id`

export type ImportLoginLogsRow = { known: number; inserted: number }

/** Inserts the rows of imported users. The ids are made from the keys of the rows, so that a repeated import inserts nothing. Nor does it insert the records that gatehouse export has written. "known" counts the rows whose users exist. */
export const importLoginLogs = (p: { rows: SerializableValue }) =>
  sql.prepared('importLoginLogs', row<ImportLoginLogsRow>())`
with given as (
  select l.user_id, r.timestamp, r.id, r.ip_address, r.user_agent
  from jsonb_to_recordset(${sql.jsonb(p.rows)}::jsonb) as r (
    legacy_id text, id uuid, timestamp timestamptz, ip_address inet, user_agent text
  )
  join legacy_ids l on l.legacy_id = r.legacy_id
  join users u on u.id = l.user_id
),
inserted as (
  insert into login_logs (user_id, timestamp, id, ip_address, user_agent)
  select user_id, timestamp, id, ip_address, user_agent from given
  where not exists (
    select from login_logs l
    where l.user_id = given.user_id and l.timestamp = given.timestamp and l.ip_address = given.ip_address
      and l.user_agent = given.user_agent
  )
  on conflict do nothing
  returning id
)
select (select count(*) from given) as "known", (select count(*) from inserted) as "inserted"`

export type MakePastPartitionsRow = { made: boolean }

export const makePastPartitions = (p: { seconds: number }) =>
  sql.prepared('makePastPartitions', row<MakePastPartitionsRow>())`
select make_past_partitions('login_logs', now() - make_interval(secs => ${p.seconds}::float8)) is null as "made"`

export type ImportBlacklistRow = { jti: string }

/** Records refresh tokens that Django does not accept any more, so that the service does not exchange them either. */
export const importBlacklist = (p: { tokens: SerializableValue }) =>
  sql.prepared('importBlacklist', row<ImportBlacklistRow>())`
insert into exchanged_tokens (jti, expires_at)
select jti, expires_at from jsonb_to_recordset(${sql.jsonb(p.tokens)}::jsonb) as t (jti text, expires_at timestamptz)
where expires_at > now()
on conflict do nothing
returning jti`

export type RenewJobLocksRow = Record<never, never>

/** Renews the locks of the jobs that a worker runs. This is the heartbeat of the worker. */
export const renewJobLocks = (p: { worker: string }) =>
  sql.prepared('renewJobLocks', row<RenewJobLocksRow>())`
update graphile_worker._private_jobs set locked_at = now() where locked_by = ${p.worker}`

export type ReleaseAbandonedJobsRow = { freed: number }

/** Releases the jobs of workers that have sent no heartbeat for a minute. graphile-worker itself would release them after four hours. */
export const releaseAbandonedJobs = () =>
  sql.prepared('releaseAbandonedJobs', row<ReleaseAbandonedJobsRow>())`
with stale as (
  select array_agg(distinct locked_by) as workers
  from graphile_worker._private_jobs
  where locked_at < now() - interval '1 minute'
)
select cardinality(workers) as "freed" from stale, lateral graphile_worker.force_unlock_workers(workers)
where workers is not null`

export type ListSigningKeysRow = { kid: string; private_key: Uint8Array; secret_id: string; created_at: string; signs_from: string; retires_at: string | null; now: number }

/** Lists the published keys, the newest first. At any given time, the key that signs is the first key of the list whose signs_from is not later than that time. */
export const listSigningKeys = () =>
  sql.prepared('listSigningKeys', row<ListSigningKeysRow>())`
select kid, private_key, secret_id, created_at, signs_from, retires_at, extract(epoch from clock_timestamp())::float8 as "now"
from signing_keys
where retires_at is null or retires_at > now()
order by signs_from desc, created_at desc, kid`

export type InsertSigningKeyRow = { kid: string; signs_from: string }

/** Uses clock_timestamp() and not now(), because the transaction may have waited for the lock since its start. */
export const insertSigningKey = (p: { kid: string; privateKey: Uint8Array; secretId: string; publishFor: number }) =>
  sql.prepared('insertSigningKey', row<InsertSigningKeyRow>())`
insert into signing_keys (kid, private_key, secret_id, signs_from)
values (${p.kid}, ${sql.binary(Buffer.from(p.privateKey))}, ${p.secretId}, clock_timestamp() + make_interval(secs => ${p.publishFor}::float8))
returning kid, signs_from`

export type ReplaceSigningKeysRow = { kid: string; retires_at: string }

/** Lets the newest key replace all other keys. At :signsFrom the newest key begins to sign and the other keys stop. The other keys stay published for :overlap seconds after that. */
export const replaceSigningKeys = (p: { signsFrom: string; overlap: number; kid: string }) =>
  sql.prepared('replaceSigningKeys', row<ReplaceSigningKeysRow>())`
update signing_keys
set signs_from = least(signs_from, ${p.signsFrom}::timestamptz - interval '1 millisecond'),
    retires_at = coalesce(retires_at, ${p.signsFrom}::timestamptz + make_interval(secs => ${p.overlap}::float8))
where kid <> ${p.kid}
returning kid, retires_at`

export type ReencryptSigningKeyRow = { kid: string }

/** Replaces the encrypted text of a private key. Returns no row if another instance has replaced it in the meantime. */
export const reencryptSigningKey = (p: { privateKey: Uint8Array; secretId: string; kid: string; readKey: Uint8Array }) =>
  sql.prepared('reencryptSigningKey', row<ReencryptSigningKeyRow>())`
update signing_keys set private_key = ${sql.binary(Buffer.from(p.privateKey))}, secret_id = ${p.secretId}
where kid = ${p.kid} and private_key = ${sql.binary(Buffer.from(p.readKey))}
returning kid`

export type DeleteReplacedKeyRow = { kid: string }

/** Deletes a key if a later key already signs. */
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

export type MeasureLimitsRow = { name: string; used: number; used_up: number; is_capped: boolean }

/** Counts the subjects of each limit that have used points, and those that have no point left. At most :maxSubjects counters are read, starting with those that expire last. A counter is in use while its expiry is later than :now, in milliseconds since 1970. */
export const measureLimits = (p: { now: number; maxSubjects: number; limits: SerializableValue }) =>
  sql.prepared('measureLimits', row<MeasureLimitsRow>())`
with counting as materialized (
  select split_part(key, ':', 1) as name, points from rate_limits
  where expire > ${p.now}::float8::bigint
  order by expire desc
  limit ${p.maxSubjects}
)
select limits.name, count(counting.name)::integer as "used",
  (count(*) filter (where counting.points >= limits.count))::integer as "used_up",
  (select count(*) = ${p.maxSubjects} from counting) as "is_capped"
from jsonb_to_recordset(${sql.jsonb(p.limits)}::jsonb) as limits (name text, count integer)
left join counting on counting.name = limits.name
group by limits.name`

export type ListLockoutAddressesRow = { ip_address: string | null; is_partial: boolean }

/** Reads the IP addresses from which an account was locked in the last day, the latest first: :limit at most, among the latest 10,000 events of the account. If there are none, it returns a row without an address. */
export const listLockoutAddresses = (p: { userId: string; limit: number }) =>
  sql.prepared('listLockoutAddresses', row<ListLockoutAddressesRow>())`
with latest as materialized (
  select type, ip_address, timestamp from security_events
  where user_id = ${p.userId} and timestamp > now() - interval '1 day'
  order by timestamp desc, id desc
  limit 10000
)
select host(locked.ip_address) as "ip_address", searched.is_partial
from (select count(*) = 10000 as is_partial from latest) as searched
left join (
  select ip_address, max(timestamp) as locked_at from latest
  where type = 'account_locked' and ip_address is not null
  group by ip_address
  order by locked_at desc
  limit ${p.limit}
) as locked on true
order by locked.locked_at desc`

export type ListLockedAddressesRow = { id: string; email: string; ip_address: string; is_partial: boolean }

/** Reads the users who were locked in the last day, and from which IP addresses, the latest first: :limit pairs at most, among the latest 10,000 lockouts. */
export const listLockedAddresses = (p: { limit: number }) =>
  sql.prepared('listLockedAddresses', row<ListLockedAddressesRow>())`
with latest as materialized (
  select user_id, ip_address, timestamp from security_events
  where type = 'account_locked' and timestamp > now() - interval '1 day'
  order by timestamp desc, id desc
  limit 10000
),
locked as materialized (
  select user_id, ip_address, max(timestamp) as locked_at from latest
  where ip_address is not null
  group by user_id, ip_address
  order by locked_at desc
  limit ${p.limit}
)
select users.id, users.email, host(locked.ip_address) as "ip_address",
  (select count(*) = 10000 from latest) or (select count(*) = ${p.limit} from locked) as "is_partial"
from locked join users on users.id = locked.user_id
order by locked.locked_at desc`

export type ReadPointsRow = { key: string; points: number; expires_at: string }

/** Reads counters of the limits. A counter is in use while its expiry is later than :now, in milliseconds since 1970. */
export const readPoints = (p: { keys: readonly string[]; now: number }) =>
  sql.prepared('readPoints', row<ReadPointsRow>())`
select key, points, to_timestamp(expire / 1000.0) as "expires_at" from rate_limits where key = any(${sql.array(p.keys, 'text')}) and expire > ${p.now}::float8::bigint`

export type DeletePointsRow = { key: string }

/** Deletes counters of the limits. The rows are locked in the order of their keys, as when points are counted. */
export const deletePoints = (p: { keys: readonly string[] }) =>
  sql.prepared('deletePoints', row<DeletePointsRow>())`
with locked as (select key from rate_limits where key = any(${sql.array(p.keys, 'text')}) order by key for update)
delete from rate_limits r using locked where r.key = locked.key returning r.key`

export type InsertLoginLogRow = Record<never, never>

export const insertLoginLog = (p: { userId: string; id: string; ipAddress: string; userAgent: string }) =>
  sql.prepared('insertLoginLog', row<InsertLoginLogRow>())`
insert into login_logs (user_id, id, ip_address, user_agent) values (${p.userId}, ${p.id}, ${p.ipAddress}, ${p.userAgent})`

export type ListLoginLogsOfUserRow = { id: string; user_id: string; ip_address: string; user_agent: string; timestamp: string; matches: boolean; is_last_reached: boolean }

/** Applies the filter to the next :reach rows only. The result contains the last of these rows even if that row does not match, because the next page begins after it. The cursor also limits the period, because PostgreSQL leaves out partitions by a period only, and would otherwise skip all rows between the end of the period and the cursor. */
export const listLoginLogsOfUser = {
  descending: (p: { reach: number; ipAddress: string | null; userAgent: string; userId: string; cursorTimestamp: string; cursorId: string; after: string; before: string; limit: number }) =>
  sql.prepared('listLoginLogsOfUserDescending', row<ListLoginLogsOfUserRow>())`
select id, user_id, host(ip_address) as "ip_address", user_agent, timestamp,
  matches, rank = ${p.reach} as "is_last_reached"
from (
  select reached.*,
    (
      (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
      and strpos(lower(user_agent collate case_folding), lower(${p.userAgent}::text collate case_folding)) > 0
    ) as matches
  from (
    select id, user_id, ip_address, user_agent, timestamp,
      row_number() over (order by timestamp desc, id desc) as rank
    from login_logs
    where user_id = ${p.userId} and (timestamp, id) < (${p.cursorTimestamp}, ${p.cursorId})
      and timestamp >= ${p.after}
      and timestamp <= least(${p.before}::timestamptz, ${p.cursorTimestamp}::timestamptz)
    order by timestamp desc, id desc
    limit ${p.reach}
  ) as reached
) as searched
where matches or rank = ${p.reach}
order by timestamp desc, id desc
limit ${p.limit}`,
  ascending: (p: { reach: number; ipAddress: string | null; userAgent: string; userId: string; cursorTimestamp: string; cursorId: string; after: string; before: string; limit: number }) =>
  sql.prepared('listLoginLogsOfUserAscending', row<ListLoginLogsOfUserRow>())`
select id, user_id, host(ip_address) as "ip_address", user_agent, timestamp,
  matches, rank = ${p.reach} as "is_last_reached"
from (
  select reached.*,
    (
      (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
      and strpos(lower(user_agent collate case_folding), lower(${p.userAgent}::text collate case_folding)) > 0
    ) as matches
  from (
    select id, user_id, ip_address, user_agent, timestamp,
      row_number() over (order by timestamp, id) as rank
    from login_logs
    where user_id = ${p.userId} and (timestamp, id) > (${p.cursorTimestamp}, ${p.cursorId})
      and timestamp >= greatest(${p.after}::timestamptz, ${p.cursorTimestamp}::timestamptz)
      and timestamp <= ${p.before}
    order by timestamp, id
    limit ${p.reach}
  ) as reached
) as searched
where matches or rank = ${p.reach}
order by timestamp, id
limit ${p.limit}`,
}

export type CountLoginLogsOfUserRow = { count: number; is_partial: boolean }

/** Counts the matching rows among the latest :reach rows, up to :cap + 1. */
export const countLoginLogsOfUser = (p: { reach: number; userId: string; after: string; before: string; ipAddress: string | null; userAgent: string; cap: number }) =>
  sql.prepared('countLoginLogsOfUser', row<CountLoginLogsOfUserRow>())`
select count(*) filter (where rank <= ${p.reach}) as "count", coalesce(bool_or(rank > ${p.reach}), false) as "is_partial"
from (
  select rank
  from (
    select ip_address, user_agent, row_number() over (order by timestamp desc, id desc) as rank
    from login_logs
    where user_id = ${p.userId} and timestamp between ${p.after} and ${p.before}
    order by timestamp desc, id desc
    limit ${p.reach} + 1
  ) as reached
  where rank > ${p.reach}
    or (
      (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
        and strpos(lower(user_agent collate case_folding), lower(${p.userAgent}::text collate case_folding)) > 0
    )
  limit ${p.cap} + 1
) as searched`

export type CountAllLoginLogsOfUserRow = { count: number }

/** Counts the rows of a period, up to :cap + 1. The index has all columns that this needs. The order makes PostgreSQL use it. */
export const countAllLoginLogsOfUser = (p: { userId: string; after: string; before: string; cap: number }) =>
  sql.prepared('countAllLoginLogsOfUser', row<CountAllLoginLogsOfUserRow>())`
select count(*) as "count"
from (
  select from login_logs
  where user_id = ${p.userId} and timestamp between ${p.after} and ${p.before}
  order by timestamp desc, id desc
  limit ${p.cap} + 1
) as counted`

export type ListLoginLogsRow = { id: string; user_id: string; ip_address: string; user_agent: string; timestamp: string; matches: boolean; is_last_reached: boolean }

export const listLoginLogs = {
  descending: (p: { reach: number; ipAddress: string | null; userAgent: string; cursorTimestamp: string; cursorId: string; after: string; before: string; limit: number }) =>
  sql.prepared('listLoginLogsDescending', row<ListLoginLogsRow>())`
select id, user_id, host(ip_address) as "ip_address", user_agent, timestamp,
  matches, rank = ${p.reach} as "is_last_reached"
from (
  select reached.*,
    (
      (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
      and strpos(lower(user_agent collate case_folding), lower(${p.userAgent}::text collate case_folding)) > 0
    ) as matches
  from (
    select id, user_id, ip_address, user_agent, timestamp,
      row_number() over (order by timestamp desc, id desc) as rank
    from login_logs
    where (timestamp, id) < (${p.cursorTimestamp}, ${p.cursorId})
      and timestamp >= ${p.after}
      and timestamp <= least(${p.before}::timestamptz, ${p.cursorTimestamp}::timestamptz)
    order by timestamp desc, id desc
    limit ${p.reach}
  ) as reached
) as searched
where matches or rank = ${p.reach}
order by timestamp desc, id desc
limit ${p.limit}`,
  ascending: (p: { reach: number; ipAddress: string | null; userAgent: string; cursorTimestamp: string; cursorId: string; after: string; before: string; limit: number }) =>
  sql.prepared('listLoginLogsAscending', row<ListLoginLogsRow>())`
select id, user_id, host(ip_address) as "ip_address", user_agent, timestamp,
  matches, rank = ${p.reach} as "is_last_reached"
from (
  select reached.*,
    (
      (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
      and strpos(lower(user_agent collate case_folding), lower(${p.userAgent}::text collate case_folding)) > 0
    ) as matches
  from (
    select id, user_id, ip_address, user_agent, timestamp,
      row_number() over (order by timestamp, id) as rank
    from login_logs
    where (timestamp, id) > (${p.cursorTimestamp}, ${p.cursorId})
      and timestamp >= greatest(${p.after}::timestamptz, ${p.cursorTimestamp}::timestamptz)
      and timestamp <= ${p.before}
    order by timestamp, id
    limit ${p.reach}
  ) as reached
) as searched
where matches or rank = ${p.reach}
order by timestamp, id
limit ${p.limit}`,
}

export type CountLoginLogsRow = { count: number; is_partial: boolean }

/** Counts the matching rows among the latest :reach rows, up to :cap + 1. */
export const countLoginLogs = (p: { reach: number; after: string; before: string; ipAddress: string | null; userAgent: string; cap: number }) =>
  sql.prepared('countLoginLogs', row<CountLoginLogsRow>())`
select count(*) filter (where rank <= ${p.reach}) as "count", coalesce(bool_or(rank > ${p.reach}), false) as "is_partial"
from (
  select rank
  from (
    select ip_address, user_agent, row_number() over (order by timestamp desc, id desc) as rank
    from login_logs
    where timestamp between ${p.after} and ${p.before}
    order by timestamp desc, id desc
    limit ${p.reach} + 1
  ) as reached
  where rank > ${p.reach}
    or (
      (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
        and strpos(lower(user_agent collate case_folding), lower(${p.userAgent}::text collate case_folding)) > 0
    )
  limit ${p.cap} + 1
) as searched`

export type CountAllLoginLogsRow = { count: number }

/** Counts the rows of a period, up to :cap + 1, as countAllLoginLogsOfUser does. */
export const countAllLoginLogs = (p: { after: string; before: string; cap: number }) =>
  sql.prepared('countAllLoginLogs', row<CountAllLoginLogsRow>())`
select count(*) as "count"
from (
  select from login_logs
  where timestamp between ${p.after} and ${p.before}
  order by timestamp desc, id desc
  limit ${p.cap} + 1
) as counted`

export type EnqueueMailRow = { job_id: number }

/** Writes a mail and its job in the caller's transaction (an outbox). Each waiting mail of the same cause lowers the priority by one, so that one account or network does not delay the mails of others. The job is not named send_mail, because workers of releases before 0.4.0 run jobs of that name. Such a worker does not know all kinds of mail, and the duration of its jobs reveals whether a mail was sent. */
export const enqueueMail = (p: { id: string; kind: string; address: string; userId: string | null; about: string | null; cause: string; priority: number }) =>
  sql.prepared('enqueueMail', row<EnqueueMailRow>())`
with mail as (
  insert into mails (id, kind, address, user_id, about, cause)
  values (${p.id}, ${p.kind}, ${p.address}, ${p.userId}, ${p.about}, hashtextextended(${p.cause}, 0))
  returning id
), waiting as (
  select count(*)::integer as mails
  from (
    select from mails
    where cause = hashtextextended(${p.cause}, 0) and created_at > now() - interval '1 hour'
    limit 999
  ) as mails_of_cause
)
select job.id as "job_id"
from mail, waiting, lateral graphile_worker.add_job(
  'deliver_mail', json_build_object('id', mail.id),
  job_key => mail.id::text, priority => ${p.priority}::integer + waiting.mails
) job`

export type CountNewDeviceMailsRow = { mails: number; summaries: number }

/** Counts the recent mails to a user about new devices, and the recent summaries of further new devices. The caller must have locked the user's row. */
export const countNewDeviceMails = (p: { userId: string; window: number }) =>
  sql.prepared('countNewDeviceMails', row<CountNewDeviceMailsRow>())`
select
  count(*) filter (where kind = 'new_device') as "mails",
  count(*) filter (where kind = 'new_devices') as "summaries"
from mails
where user_id = ${p.userId} and kind in ('new_device', 'new_devices')
  and created_at > now() - make_interval(secs => ${p.window}::float8)`

export type EnqueueAccountDeletedMailRow = { job_id: number }

/** Writes the notice of an erasure, and the job that sends it. The mail's row contains the language, because the user's row no longer exists when the mail is sent. */
export const enqueueAccountDeletedMail = (p: { id: string; address: string; language: string; priority: number }) =>
  sql.prepared('enqueueAccountDeletedMail', row<EnqueueAccountDeletedMailRow>())`
with mail as (
  insert into mails (id, kind, address, language) values (${p.id}, 'account_deleted', ${p.address}, ${p.language})
  returning id
)
select job.id as "job_id"
from mail, lateral graphile_worker.add_job(
  'deliver_mail', json_build_object('id', mail.id), job_key => mail.id::text, priority => ${p.priority}::integer
) job`

export type FindMailRow = { address: string; user_id: string | null }

export const findMail = (p: { id: string }) =>
  sql.prepared('findMail', row<FindMailRow>())`
select address, user_id from mails where id = ${p.id}`

export type FindAddressOwnerRow = { user_id: string }

/** Finds the user who has this email address now, or for whom it is held as a former address until an undo is no longer possible. */
export const findAddressOwner = (p: { address: string }) =>
  sql.prepared('findAddressOwner', row<FindAddressOwnerRow>())`
select user_id from emails where address = ${p.address}`

export type CountEarlierMailsRow = { address: string; priority: number; mails: number }

/** Counts the mails to the same email address that go before a mail whose first attempt is due, 60 at most. An earlier mail goes first while its job runs or waits for its first attempt, with the same or a higher priority. A mail whose attempt has failed delays no other mail. Whether the earlier mails are sent or dropped makes no difference (security 96). */
export const countEarlierMails = (p: { id: string }) =>
  sql.prepared('countEarlierMails', row<CountEarlierMailsRow>())`
select own.address, job.priority::integer as "priority", (
  select count(*)::integer
  from (
    select from mails m join graphile_worker._private_jobs earlier on earlier.key = m.id::text
    where m.address = own.address and m.id < own.id and m.cause is not null
      and earlier.priority <= job.priority and (earlier.locked_at is not null or earlier.attempts = 0)
    limit 60
  ) as first_60
) as "mails"
from mails own join graphile_worker._private_jobs job on job.key = own.id::text
where own.id = ${p.id} and own.status = 'queued' and own.attempts = 0`

export type DeferMailRow = { queued: boolean }

/** Queues a mail's job again, some seconds later. */
export const deferMail = (p: { id: string; seconds: number; priority: number }) =>
  sql.prepared('deferMail', row<DeferMailRow>())`
select graphile_worker.add_job(
  'deliver_mail', json_build_object('id', ${p.id}::uuid), run_at => now() + make_interval(secs => ${p.seconds}::integer),
  job_key => ${p.id}::uuid::text, priority => ${p.priority}::integer
) is null as "queued"`

export type BeginMailRow = { id: string; kind: string; address: string; user_id: string | null; about: string | null; language: string | null; attempts: number; created_at: string }

/** Counts an attempt to send the mail. Returns no row if the mail is no longer queued. */
export const beginMail = (p: { id: string }) =>
  sql.prepared('beginMail', row<BeginMailRow>())`
update mails set attempts = attempts + 1
where id = ${p.id} and status = 'queued'
returning id, kind, address, user_id, about, language, attempts, created_at`

export type FinishMailRow = Record<never, never>

/** Records the result of a delivery. A mail that anyone can request with an email address alone is assigned to the user who has the email address now. The assignment stays when the email address later belongs to another user. The notice of an erasure is deleted, because it is the last row that contains the email address. */
export const finishMail = (p: { id: string; status: string; lastError: string | null }) =>
  sql.prepared('finishMail', row<FinishMailRow>())`
with deleted_notice as (delete from mails where id = ${p.id} and kind = 'account_deleted')
update mails
set status = ${p.status}, last_error = ${p.lastError}, sent_at = case when ${p.status} = 'sent' then now() end,
  user_id = coalesce(user_id, (select e.user_id from emails e where e.address = mails.address and e.kind = 'current'))
where id = ${p.id} and kind <> 'account_deleted'`

export type DropMailRow = Record<never, never>

/** Records that a mail is not sent. */
export const dropMail = (p: { reason: string; id: string }) =>
  sql.prepared('dropMail', row<DropMailRow>())`
update mails set status = 'dropped', last_error = ${p.reason} where id = ${p.id}`

export type EndMailRow = { address: string }

/** Clears the requester (`cause`) of a finished mail, so that the mail no longer lowers the priority of later mails of the same requester, and no longer delays later mails to the same email address. The address of a dropped mail is cleared as well if it belongs to no user. Returns the address if later mails to it wait for their first attempt. */
export const endMail = (p: { id: string }) =>
  sql.prepared('endMail', row<EndMailRow>())`
with own as (
  select id, address from mails where id = ${p.id} and cause is not null
), ended as (
  update mails
  set cause = null,
    address = case
      when status <> 'dropped' or exists (select from emails e where e.address = mails.address)
        or exists (select from users u where u.id = mails.user_id) then address
      else ''
    end
  where id = ${p.id}
)
select address from own
where exists (
  select from mails m
  where m.address = own.address and m.id <> own.id and m.cause is not null and m.attempts = 0
)`

export type WakeNextMailRow = { notified: boolean }

/** Makes the next mail to an email address due at once: the first of those that wait for their first attempt. This mail may be dropped already: it still delays later mails until its job has run. The name of graphile-worker's channel contains a colon, which would begin a parameter here. */
export const wakeNextMail = (p: { address: string }) =>
  sql.prepared('wakeNextMail', row<WakeNextMailRow>())`
with next as (
  select job.id
  from mails m join graphile_worker._private_jobs job on job.key = m.id::text
  where m.address = ${p.address} and m.cause is not null and job.locked_at is null and job.attempts = 0
  order by job.priority, m.id limit 1
), due as (
  update graphile_worker._private_jobs job set run_at = now() from next
  where job.id = next.id and job.locked_at is null and job.run_at > now()
  returning job.id
)
select pg_notify('jobs' || chr(58) || 'insert', '') is null as "notified" from due`

export type SaveMailErrorRow = Record<never, never>

export const saveMailError = (p: { lastError: string; id: string }) =>
  sql.prepared('saveMailError', row<SaveMailErrorRow>())`
update mails set last_error = ${p.lastError} where id = ${p.id}`

export type LockRecipientRow = { locked: boolean }

/** Lets one transaction at a time count the mails to an email address, or decide which of them goes first. */
export const lockRecipient = (p: { address: string }) =>
  sql.prepared('lockRecipient', row<LockRecipientRow>())`
select pg_advisory_xact_lock(hashtextextended('mail ' || ${p.address}::text, 0)) is null as "locked"`

export type CountMailsToRecipientRow = { in_hour: number; in_day: number }

/** Counts the recent mails of some kinds to an email address, except the mail :id. Dropped mails do not count, because they were not sent. */
export const countMailsToRecipient = (p: { hour: number; day: number; address: string; id: string; kinds: readonly string[] }) =>
  sql.prepared('countMailsToRecipient', row<CountMailsToRecipientRow>())`
select
  count(*) filter (where created_at > now() - make_interval(secs => ${p.hour}::float8)) as "in_hour",
  count(*) filter (where created_at > now() - make_interval(secs => ${p.day}::float8)) as "in_day"
from mails
where address = ${p.address} and id <> ${p.id} and attempts > 0 and status <> 'dropped'
  and kind = any(${sql.array(p.kinds, 'text')})
  and created_at > now() - make_interval(secs => greatest(${p.hour}::float8, ${p.day}::float8))`

export type ListMailsRow = { id: string; kind: string; address: string; status: string; attempts: number; last_error: string | null; created_at: string; sent_at: string | null }

/** Reads up to 101 mails of each status, which is one more than a page may have. The index of mails begins with their status, so that few mails are read even if few mails have the status. */
export const listMails = {
  descending: (p: { statuses: readonly string[]; cursorTimestamp: string; cursorId: string; limit: number }) =>
  sql.prepared('listMailsDescending', row<ListMailsRow>())`
select page.*
from unnest(${sql.array(p.statuses, 'text')}::text[]) as wanted (status), lateral (
  select id, kind, address, status, attempts, last_error, created_at, sent_at from mails
  where status = wanted.status and (created_at, id) < (${p.cursorTimestamp}, ${p.cursorId})
  order by created_at desc, id desc
  limit 101
) as page
order by created_at desc, id desc
limit ${p.limit}`,
  ascending: (p: { statuses: readonly string[]; cursorTimestamp: string; cursorId: string; limit: number }) =>
  sql.prepared('listMailsAscending', row<ListMailsRow>())`
select page.*
from unnest(${sql.array(p.statuses, 'text')}::text[]) as wanted (status), lateral (
  select id, kind, address, status, attempts, last_error, created_at, sent_at from mails
  where status = wanted.status and (created_at, id) > (${p.cursorTimestamp}, ${p.cursorId})
  order by created_at, id
  limit 101
) as page
order by created_at, id
limit ${p.limit}`,
}

export type ListMailsToRow = { id: string; kind: string; address: string; status: string; attempts: number; last_error: string | null; created_at: string; sent_at: string | null }

export const listMailsTo = {
  descending: (p: { address: string; statuses: readonly string[]; cursorTimestamp: string; cursorId: string; limit: number }) =>
  sql.prepared('listMailsToDescending', row<ListMailsToRow>())`
select id, kind, address, status, attempts, last_error, created_at, sent_at from mails
where address = ${p.address} and status = any(${sql.array(p.statuses, 'text')}) and (created_at, id) < (${p.cursorTimestamp}, ${p.cursorId})
order by created_at desc, id desc
limit ${p.limit}`,
  ascending: (p: { address: string; statuses: readonly string[]; cursorTimestamp: string; cursorId: string; limit: number }) =>
  sql.prepared('listMailsToAscending', row<ListMailsToRow>())`
select id, kind, address, status, attempts, last_error, created_at, sent_at from mails
where address = ${p.address} and status = any(${sql.array(p.statuses, 'text')}) and (created_at, id) > (${p.cursorTimestamp}, ${p.cursorId})
order by created_at, id
limit ${p.limit}`,
}

export type CountMailsRow = { count: number }

/** Counts up to :cap mails, or all mails if :cap is null. The order makes PostgreSQL use the index. */
export const countMails = (p: { statuses: readonly string[]; cap: number | null }) =>
  sql.prepared('countMails', row<CountMailsRow>())`
select count(*)::integer as "count"
from (
  select from unnest(${sql.array(p.statuses, 'text')}::text[]) as wanted (status), lateral (
    select from mails where status = wanted.status order by created_at, id limit ${p.cap}::integer
  ) as mails_of_status
  limit ${p.cap}::integer
) as counted`

export type CountMailsToRow = { count: number }

export const countMailsTo = (p: { address: string; statuses: readonly string[]; cap: number | null }) =>
  sql.prepared('countMailsTo', row<CountMailsToRow>())`
select count(*)::integer as "count"
from (select from mails where address = ${p.address} and status = any(${sql.array(p.statuses, 'text')}) limit ${p.cap}::integer) as counted`

export type ShowMailRow = { id: string; kind: string; address: string; user_id: string | null; status: string; attempts: number; last_error: string | null; created_at: string; sent_at: string | null; next_attempt_at: string | null; job_attempts: number | null; job_max_attempts: number | null; running: boolean }

/** Reads a mail and its job, if the queue has one. */
export const showMail = (p: { id: string }) =>
  sql.prepared('showMail', row<ShowMailRow>())`
select m.id, m.kind, m.address, m.user_id, m.status, m.attempts, m.last_error, m.created_at, m.sent_at,
  job.run_at as "next_attempt_at", job.attempts as "job_attempts", job.max_attempts as "job_max_attempts",
  job.locked_at is not null as "running"
from mails m left join graphile_worker._private_jobs job on job.key = m.id::text
where m.id = ${p.id}`

export type RetryMailsRow = { id: string; job_id: number }

/** Queues failed mails again, each with a new job, or only the mail :id. If the mail :id is already queued, it becomes due now, unless its job is running. A new code is generated when the mail is sent. */
export const retryMails = (p: { id: string | null; kindsWithCode: readonly string[]; codePriority: number; noticePriority: number }) =>
  sql.prepared('retryMails', row<RetryMailsRow>())`
with due as (
  update mails m set status = 'queued', last_error = null
  where (${p.id}::uuid is null and m.status = 'failed' or m.id = ${p.id} and m.status in ('failed', 'queued'))
    and not exists (
      select from graphile_worker._private_jobs job where job.key = m.id::text and job.locked_at is not null
    )
  returning m.id, m.kind
)
select due.id, job.id as "job_id"
from due, lateral graphile_worker.add_job(
  'deliver_mail', json_build_object('id', due.id), job_key => due.id::text,
  priority => case when due.kind = any(${sql.array(p.kindsWithCode, 'text')}) then ${p.codePriority}::integer else ${p.noticePriority}::integer end
) job`

export type DiscardMailRow = { id: string; removed: boolean }

/** Drops a queued or failed mail and removes its job, unless the mail is being sent. If the mail's address belongs to no user, the address is cleared. */
export const discardMail = (p: { reason: string; id: string }) =>
  sql.prepared('discardMail', row<DiscardMailRow>())`
with dropped as (
  update mails m
  set status = 'dropped', last_error = ${p.reason}::text, cause = null,
    address = case
      when exists (select from emails e where e.address = m.address) or exists (select from users u where u.id = m.user_id)
      then address else ''
    end
  where m.id = ${p.id} and m.status in ('queued', 'failed')
    and not exists (
      select from graphile_worker._private_jobs job where job.key = m.id::text and job.locked_at is not null
    )
  returning m.id
)
select dropped.id, graphile_worker.remove_job(dropped.id::text) is null as "removed" from dropped`

export type MeasureOutboxRow = { queued: number; failed: number; oldest_age: number }

/** Counts the mails that wait and that failed, and returns the seconds for which the oldest mail has waited. */
export const measureOutbox = () =>
  sql.prepared('measureOutbox', row<MeasureOutboxRow>())`
select
  count(*) filter (where status = 'queued') as "queued",
  count(*) filter (where status = 'failed') as "failed",
  coalesce(extract(epoch from now() - min(created_at) filter (where status = 'queued')), 0)::float8 as "oldest_age"
from mails
where status in ('queued', 'failed')`

export type InsertRegistrationRow = { user_id: string }

export const insertRegistration = (p: { userId: string; address: string; email: string; first_name: string; last_name: string; language: string; passwordHash: Uint8Array; ipAddress: string; userAgent: string }) =>
  sql.prepared('insertRegistration', row<InsertRegistrationRow>())`
insert into registrations (user_id, address, email, first_name, last_name, language, password_hash, ip_address, user_agent)
values (${p.userId}, ${p.address}, ${p.email}, ${p.first_name}, ${p.last_name}, ${p.language}, ${sql.binary(Buffer.from(p.passwordHash))}, ${p.ipAddress}, ${p.userAgent})
returning user_id`

export type FindRegistrationRow = { user_id: string; email: string; language: string; ip_address: string; user_agent: string; created_at: string }

/** Finds the registration that caused a mail. */
export const findRegistration = (p: { address: string; userId: string }) =>
  sql.prepared('findRegistration', row<FindRegistrationRow>())`
select user_id, email, language, ip_address, user_agent, created_at
from registrations
where address = ${p.address} and expires_at > now() and user_id = ${p.userId}`

export type FindWaitingRegistrationRow = { user_id: string; language: string }

/** Chooses one pending registration of an email address. The worker mints the recovery code for this registration. The statement chooses the oldest registration, so that later requests choose the same registration and void its earlier codes, even if the email address was registered again in the meantime. A registration that expires before a new code would expire is chosen only if there is no other registration. */
export const findWaitingRegistration = (p: { address: string; codeLifetime: number }) =>
  sql.prepared('findWaitingRegistration', row<FindWaitingRegistrationRow>())`
select user_id, language
from registrations
where address = ${p.address} and expires_at > now()
order by expires_at < now() + make_interval(secs => ${p.codeLifetime}), created_at, user_id
limit 1`

export type FindRegistrationByIdRow = { address: string; language: string }

export const findRegistrationById = (p: { userId: string }) =>
  sql.prepared('findRegistrationById', row<FindRegistrationByIdRow>())`
select address, language
from registrations
where user_id = ${p.userId} and expires_at > now()`

export type FindRegistrationByCodeRow = { address: string; email: string; first_name: string; last_name: string; language: string; password_hash: Uint8Array }

export const findRegistrationByCode = (p: { userId: string; hash: Uint8Array }) =>
  sql.prepared('findRegistrationByCode', row<FindRegistrationByCodeRow>())`
select r.address, r.email, r.first_name, r.last_name, r.language, r.password_hash
from codes c join registrations r on r.user_id = c.user_id
where c.user_id = ${p.userId} and c.hash = ${sql.binary(Buffer.from(p.hash))} and c.purpose = 'activate' and c.used_at is null and c.expires_at > now()
  and r.expires_at > now()`

export type DeleteRegistrationRow = { user_id: string }

export const deleteRegistration = (p: { userId: string }) =>
  sql.prepared('deleteRegistration', row<DeleteRegistrationRow>())`
delete from registrations
where user_id = ${p.userId} and expires_at > now()
returning user_id`

export type VoidRegistrationsRow = { user_id: string }

export const voidRegistrations = (p: { address: string }) =>
  sql.prepared('voidRegistrations', row<VoidRegistrationsRow>())`
delete from registrations where address = ${p.address}
returning user_id`

export type MakePartitionsRow = { made: boolean }

/** Creates the partitions of the coming months. The function is in sql/migrations/0004_hardening.sql. */
export const makePartitions = (p: { parent: string; monthsAhead: number }) =>
  sql.prepared('makePartitions', row<MakePartitionsRow>())`
select make_partitions(${p.parent}, ${p.monthsAhead}) is null as "made"`

export type DropOldestPartitionRow = { dropped: string | null }

/** Drops one partition of a month whose retention has ended. The caller repeats the statement, so that each partition is dropped in a separate transaction. The function is in sql/migrations/0004_hardening.sql. */
export const dropOldestPartition = (p: { parent: string; retention: number }) =>
  sql.prepared('dropOldestPartition', row<DropOldestPartitionRow>())`
select drop_oldest_partition(${p.parent}, now() - make_interval(secs => ${p.retention}::float8)) as "dropped"`

export type FindShortestRetentionRow = { seconds: number }

export const findShortestRetention = () =>
  sql.prepared('findShortestRetention', row<FindShortestRetentionRow>())`
select extract(epoch from kept_for)::float8 as "seconds" from shortest_retention`

export type DeleteStrayLoginLogsRow = Record<never, never>

/** Deletes old rows of the default partition, which contains the rows of months that had no partition. Like all statements in this file, it deletes one batch and skips rows that other transactions have locked. The next run deletes the skipped rows. */
export const deleteStrayLoginLogs = (p: { retention: number; batch: number }) =>
  sql.prepared('deleteStrayLoginLogs', row<DeleteStrayLoginLogsRow>())`
with due as materialized (
  select user_id, timestamp, id from login_logs_default
  where timestamp < now() - make_interval(secs => ${p.retention}::float8)
  limit ${p.batch} for update skip locked
)
delete from login_logs_default d using due where d.user_id = due.user_id and d.timestamp = due.timestamp and d.id = due.id`

export type DeleteStraySecurityEventsRow = Record<never, never>

/** Deletes old rows of the default partition, as deleteStrayLoginLogs does. */
export const deleteStraySecurityEvents = (p: { retention: number; batch: number }) =>
  sql.prepared('deleteStraySecurityEvents', row<DeleteStraySecurityEventsRow>())`
with due as materialized (
  select user_id, timestamp, id from security_events_default
  where timestamp < now() - make_interval(secs => ${p.retention}::float8)
  limit ${p.batch} for update skip locked
)
delete from security_events_default d using due where d.user_id = due.user_id and d.timestamp = due.timestamp and d.id = due.id`

export type MarkEndedSessionsRow = Record<never, never>

/** Marks sessions as ended that users.sessions_valid_after has ended, but that were too many to mark in one statement. The statement reads only users whose sessions were ended in the last 7 days. */
export const markEndedSessions = (p: { batch: number }) =>
  sql.prepared('markEndedSessions', row<MarkEndedSessionsRow>())`
with due as materialized (
  select s.user_id, s.id, u.sessions_valid_after, u.sessions_ended_by
  from users u join sessions s on case when s.ended_at is null then s.user_id end = u.id
  where u.sessions_valid_after > now() - interval '7 days'
    and coalesce(s.kept_at, s.created_at) <= u.sessions_valid_after
  limit ${p.batch} for update of s skip locked
)
update sessions s set ended_at = due.sessions_valid_after, ended_by = due.sessions_ended_by
from due where s.user_id = due.user_id and s.id = due.id`

export type DeleteOldSessionsRow = Record<never, never>

/** Deletes sessions that ended or expired more than a week ago. For a week the row shows why the session ended. */
export const deleteOldSessions = (p: { batch: number }) =>
  sql.prepared('deleteOldSessions', row<DeleteOldSessionsRow>())`
with due as materialized (
  select user_id, id from sessions
  where ended_at < now() - interval '7 days' or least(idle_until, absolute_until) < now() - interval '7 days'
  limit ${p.batch} for update skip locked
)
delete from sessions s using due where s.user_id = due.user_id and s.id = due.id`

export type DeleteExpiredCodesRow = Record<never, never>

export const deleteExpiredCodes = (p: { batch: number }) =>
  sql.prepared('deleteExpiredCodes', row<DeleteExpiredCodesRow>())`
with due as materialized (
  select user_id, hash from codes where expires_at < now() limit ${p.batch} for update skip locked
)
delete from codes c using due where c.user_id = due.user_id and c.hash = due.hash`

export type DeleteExpiredRegistrationsRow = { user_id: string }

/** Deletes expired registrations with their codes and mails. If neither a user nor another registration has the email address, mails that were requested by email address alone are deleted as well. */
export const deleteExpiredRegistrations = (p: { batch: number }) =>
  sql.prepared('deleteExpiredRegistrations', row<DeleteExpiredRegistrationsRow>())`
with due as materialized (
  select user_id from registrations where expires_at < now() limit ${p.batch} for update skip locked
), deleted as (
  delete from registrations r using due where r.user_id = due.user_id
  returning r.user_id, r.address
), deleted_codes as (
  delete from codes c using deleted where c.user_id = deleted.user_id
), deleted_mails as (
  delete from mails m using deleted where m.user_id = deleted.user_id
), deleted_mails_by_address as (
  delete from mails m
  where m.user_id is null and m.address in (
    select address from deleted
    where not exists (select from emails e where e.address = deleted.address)
      and not exists (
        select from registrations r where r.address = deleted.address and r.user_id not in (select user_id from deleted)
      )
  )
)
select user_id from deleted`

export type DeleteOldMailsRow = Record<never, never>

/** Deletes sent and failed mails after 30 days and dropped mails after one day. Dropped mails were not sent, and any client can cause as many of them as the limits allow. */
export const deleteOldMails = (p: { batch: number }) =>
  sql.prepared('deleteOldMails', row<DeleteOldMailsRow>())`
with due as materialized (
  select id from mails
  where (status in ('sent', 'failed') and created_at < now() - interval '30 days')
    or (status = 'dropped' and created_at < now() - interval '1 day')
    -- The notice of an erasure is deleted after 23 hours, even if it was not sent. With at most one hour until the
    -- next run, the notice keeps the email address for one day.
    or (kind = 'account_deleted' and created_at < now() - interval '23 hours')
  limit ${p.batch} for update skip locked
)
delete from mails m using due where m.id = due.id`

export type DeleteOldDevicesRow = Record<never, never>

export const deleteOldDevices = (p: { retention: number; batch: number }) =>
  sql.prepared('deleteOldDevices', row<DeleteOldDevicesRow>())`
with due as materialized (
  select user_id, network, device from devices
  where last_seen_at < now() - make_interval(secs => ${p.retention}::float8)
  limit ${p.batch} for update skip locked
)
delete from devices d using due where d.user_id = due.user_id and d.network = due.network and d.device = due.device`

export type DeleteOldEmailChangesRow = Record<never, never>

export const deleteOldEmailChanges = (p: { batch: number }) =>
  sql.prepared('deleteOldEmailChanges', row<DeleteOldEmailChangesRow>())`
with due as materialized (
  select user_id, id from email_changes e
  where requested_at < now() - interval '30 days'
    and not exists (select from codes c where c.user_id = e.user_id and c.about = e.id)
  limit ${p.batch} for update skip locked
)
delete from email_changes e using due where e.user_id = due.user_id and e.id = due.id`

export type ReleaseHeldAddressesRow = Record<never, never>

/** Releases former email addresses after the hold has ended. */
export const releaseHeldAddresses = (p: { batch: number }) =>
  sql.prepared('releaseHeldAddresses', row<ReleaseHeldAddressesRow>())`
with due as materialized (
  select address from emails where kind = 'held' and held_until < now() limit ${p.batch} for update skip locked
)
delete from emails e using due where e.address = due.address`

export type DeleteRetiredKeysRow = Record<never, never>

export const deleteRetiredKeys = () =>
  sql.prepared('deleteRetiredKeys', row<DeleteRetiredKeysRow>())`
delete from signing_keys where retires_at < now()`

export type DeleteExpiredTokensRow = Record<never, never>

/** Deletes refresh tokens of Django one hour after they have expired: the service accepts a token for some seconds after its expiry. */
export const deleteExpiredTokens = (p: { batch: number }) =>
  sql.prepared('deleteExpiredTokens', row<DeleteExpiredTokensRow>())`
with due as materialized (
  select jti from exchanged_tokens where expires_at < now() - interval '1 hour' limit ${p.batch} for update skip locked
)
delete from exchanged_tokens t using due where t.jti = due.jti`

export type DeleteExpiredIdempotencyKeysRow = Record<never, never>

/** Deletes keys one hour after they have expired, so that no key disappears between two statements of a request that uses it. */
export const deleteExpiredIdempotencyKeys = (p: { batch: number }) =>
  sql.prepared('deleteExpiredIdempotencyKeys', row<DeleteExpiredIdempotencyKeysRow>())`
with due as materialized (
  select actor_id, key_hash from idempotency_keys where created_at < now() - interval '25 hours'
  limit ${p.batch} for update skip locked
)
delete from idempotency_keys k using due where k.actor_id = due.actor_id and k.key_hash = due.key_hash`

export type DeleteOldSuppressionsRow = Record<never, never>

/** Deletes suppressed addresses after 90 days, so that the next mail shows whether the address has a mailbox now. */
export const deleteOldSuppressions = (p: { batch: number }) =>
  sql.prepared('deleteOldSuppressions', row<DeleteOldSuppressionsRow>())`
with due as materialized (
  select address from suppressed_addresses where created_at < now() - interval '90 days'
  limit ${p.batch} for update skip locked
)
delete from suppressed_addresses s using due where s.address = due.address`

export type DeleteExpiredCountersRow = Record<never, never>

/** Deletes counters that expired at least an hour ago. The hour allows for differences between the clocks of the instances, which set the expiry in milliseconds. */
export const deleteExpiredCounters = (p: { batch: number }) =>
  sql.prepared('deleteExpiredCounters', row<DeleteExpiredCountersRow>())`
with due as materialized (
  select key from rate_limits where expire < (extract(epoch from now()) - 3600) * 1000 limit ${p.batch} for update skip locked
)
delete from rate_limits r using due where r.key = due.key`

export type InsertSecurityEventRow = Record<never, never>

/** Records a security event. The IP address and the User-Agent are stored only if the user and the actor exist. The statement locks the rows of both, so that a later erasure waits for this event and then anonymizes it. If the user or the actor is being erased, the statement does not wait, but treats them as erased (order of locks: sql/README.md). */
export const insertSecurityEvent = (p: { userId: string; actorId: string | null; ipAddress: string | null; id: string; type: string; userAgent: string | null }) =>
  sql.prepared('insertSecurityEvent', row<InsertSecurityEventRow>())`
with present as (
  select id from users
  where id in (${p.userId}, ${p.actorId}) and ${p.ipAddress}::inet is not null
  for key share skip locked
),
erased as (
  select from (values (${p.userId}::uuid), (${p.actorId}::uuid)) as involved (id)
  where id <> '00000000-0000-0000-0000-000000000000' and id not in (select id from present)
)
insert into security_events (user_id, id, type, actor_id, ip_address, user_agent)
select ${p.userId}, ${p.id}, ${p.type}, ${p.actorId},
  case when not exists (select from erased) then ${p.ipAddress}::inet end,
  case when not exists (select from erased) then ${p.userAgent} end`

export type InsertMailEventsRow = Record<never, never>

/** Records an event for each mail that an operator has changed. The mail of a pending registration has the id of a user who may never exist, so that its event has no user. */
export const insertMailEvents = (p: { type: string; mailIds: readonly string[]; eventIds: readonly string[] }) =>
  sql.prepared('insertMailEvents', row<InsertMailEventsRow>())`
insert into security_events (user_id, id, type)
select coalesce(u.id, '00000000-0000-0000-0000-000000000000'), changed.event_id, ${p.type}
from unnest(${sql.array(p.mailIds, 'uuid')}::uuid[], ${sql.array(p.eventIds, 'uuid')}::uuid[]) as changed (mail_id, event_id)
join mails m on m.id = changed.mail_id
left join users u on u.id = m.user_id`

export type ListSecurityEventsOfUserRow = { id: string; user_id: string; type: string; actor_id: string | null; ip_address: string | null; user_agent: string | null; timestamp: string; matches: boolean; is_last_reached: boolean }

/** Applies the filter to a limited number of rows, as listLoginLogsOfUser does. The IP address and the User-Agent of an administrator are hidden before the filters apply, so that a filter cannot reveal them. */
export const listSecurityEventsOfUser = {
  descending: (p: { reach: number; ipAddress: string | null; userAgent: string; type: string | null; seesActors: boolean; userId: string; cursorTimestamp: string; cursorId: string; after: string; before: string; limit: number }) =>
  sql.prepared('listSecurityEventsOfUserDescending', row<ListSecurityEventsOfUserRow>())`
select id, user_id, type, actor_id, host(ip_address) as "ip_address", user_agent, timestamp,
  matches, rank = ${p.reach} as "is_last_reached"
from (
  select reached.*,
    (
      (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
      and strpos(lower(coalesce(user_agent, '') collate case_folding), lower(${p.userAgent}::text collate case_folding)) > 0
      and (${p.type}::text is null or type = ${p.type}::text)
    ) as matches
  from (
    select id, user_id, type, actor_id, ip_address, user_agent, timestamp,
      row_number() over (order by timestamp desc, id desc) as rank
    from (
      select id, user_id, type, actor_id, timestamp,
        case when actor_id is null or ${p.seesActors} then ip_address end as ip_address,
        case when actor_id is null or ${p.seesActors} then user_agent end as user_agent
      from security_events
    ) as event
    where user_id = ${p.userId} and (timestamp, id) < (${p.cursorTimestamp}, ${p.cursorId})
      and timestamp >= ${p.after}
      and timestamp <= least(${p.before}::timestamptz, ${p.cursorTimestamp}::timestamptz)
    order by timestamp desc, id desc
    limit ${p.reach}
  ) as reached
) as searched
where matches or rank = ${p.reach}
order by timestamp desc, id desc
limit ${p.limit}`,
  ascending: (p: { reach: number; ipAddress: string | null; userAgent: string; type: string | null; seesActors: boolean; userId: string; cursorTimestamp: string; cursorId: string; after: string; before: string; limit: number }) =>
  sql.prepared('listSecurityEventsOfUserAscending', row<ListSecurityEventsOfUserRow>())`
select id, user_id, type, actor_id, host(ip_address) as "ip_address", user_agent, timestamp,
  matches, rank = ${p.reach} as "is_last_reached"
from (
  select reached.*,
    (
      (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
      and strpos(lower(coalesce(user_agent, '') collate case_folding), lower(${p.userAgent}::text collate case_folding)) > 0
      and (${p.type}::text is null or type = ${p.type}::text)
    ) as matches
  from (
    select id, user_id, type, actor_id, ip_address, user_agent, timestamp,
      row_number() over (order by timestamp, id) as rank
    from (
      select id, user_id, type, actor_id, timestamp,
        case when actor_id is null or ${p.seesActors} then ip_address end as ip_address,
        case when actor_id is null or ${p.seesActors} then user_agent end as user_agent
      from security_events
    ) as event
    where user_id = ${p.userId} and (timestamp, id) > (${p.cursorTimestamp}, ${p.cursorId})
      and timestamp >= greatest(${p.after}::timestamptz, ${p.cursorTimestamp}::timestamptz)
      and timestamp <= ${p.before}
    order by timestamp, id
    limit ${p.reach}
  ) as reached
) as searched
where matches or rank = ${p.reach}
order by timestamp, id
limit ${p.limit}`,
}

export type CountSecurityEventsOfUserRow = { count: number; is_partial: boolean }

/** Counts the matching events among the latest :reach events, up to :cap + 1. */
export const countSecurityEventsOfUser = (p: { reach: number; seesActors: boolean; userId: string; after: string; before: string; ipAddress: string | null; userAgent: string; type: string | null; cap: number }) =>
  sql.prepared('countSecurityEventsOfUser', row<CountSecurityEventsOfUserRow>())`
select count(*) filter (where rank <= ${p.reach}) as "count", coalesce(bool_or(rank > ${p.reach}), false) as "is_partial"
from (
  select rank
  from (
    select type, ip_address, user_agent, row_number() over (order by timestamp desc, id desc) as rank
    from (
      select id, user_id, type, actor_id, timestamp,
        case when actor_id is null or ${p.seesActors} then ip_address end as ip_address,
        case when actor_id is null or ${p.seesActors} then user_agent end as user_agent
      from security_events
    ) as event
    where user_id = ${p.userId} and timestamp between ${p.after} and ${p.before}
    order by timestamp desc, id desc
    limit ${p.reach} + 1
  ) as reached
  where rank > ${p.reach}
    or (
      (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
        and strpos(lower(coalesce(user_agent, '') collate case_folding), lower(${p.userAgent}::text collate case_folding)) > 0
        and (${p.type}::text is null or type = ${p.type}::text)
    )
  limit ${p.cap} + 1
) as searched`

export type ListSecurityEventsOfTypeRow = { id: string; user_id: string; type: string; actor_id: string | null; ip_address: string | null; user_agent: string | null; timestamp: string; matches: boolean; is_last_reached: boolean }

export const listSecurityEventsOfType = {
  descending: (p: { reach: number; ipAddress: string | null; userAgent: string; type: string; cursorTimestamp: string; cursorId: string; after: string; before: string; limit: number }) =>
  sql.prepared('listSecurityEventsOfTypeDescending', row<ListSecurityEventsOfTypeRow>())`
select id, user_id, type, actor_id, host(ip_address) as "ip_address", user_agent, timestamp,
  matches, rank = ${p.reach} as "is_last_reached"
from (
  select reached.*,
    (
      (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
      and strpos(lower(coalesce(user_agent, '') collate case_folding), lower(${p.userAgent}::text collate case_folding)) > 0
    ) as matches
  from (
    select id, user_id, type, actor_id, ip_address, user_agent, timestamp,
      row_number() over (order by timestamp desc, id desc) as rank
    from security_events
    where type = ${p.type} and (timestamp, id) < (${p.cursorTimestamp}, ${p.cursorId})
      and timestamp >= ${p.after}
      and timestamp <= least(${p.before}::timestamptz, ${p.cursorTimestamp}::timestamptz)
    order by timestamp desc, id desc
    limit ${p.reach}
  ) as reached
) as searched
where matches or rank = ${p.reach}
order by timestamp desc, id desc
limit ${p.limit}`,
  ascending: (p: { reach: number; ipAddress: string | null; userAgent: string; type: string; cursorTimestamp: string; cursorId: string; after: string; before: string; limit: number }) =>
  sql.prepared('listSecurityEventsOfTypeAscending', row<ListSecurityEventsOfTypeRow>())`
select id, user_id, type, actor_id, host(ip_address) as "ip_address", user_agent, timestamp,
  matches, rank = ${p.reach} as "is_last_reached"
from (
  select reached.*,
    (
      (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
      and strpos(lower(coalesce(user_agent, '') collate case_folding), lower(${p.userAgent}::text collate case_folding)) > 0
    ) as matches
  from (
    select id, user_id, type, actor_id, ip_address, user_agent, timestamp,
      row_number() over (order by timestamp, id) as rank
    from security_events
    where type = ${p.type} and (timestamp, id) > (${p.cursorTimestamp}, ${p.cursorId})
      and timestamp >= greatest(${p.after}::timestamptz, ${p.cursorTimestamp}::timestamptz)
      and timestamp <= ${p.before}
    order by timestamp, id
    limit ${p.reach}
  ) as reached
) as searched
where matches or rank = ${p.reach}
order by timestamp, id
limit ${p.limit}`,
}

export type CountSecurityEventsOfTypeRow = { count: number; is_partial: boolean }

/** Counts the matching events among the latest :reach events, up to :cap + 1. */
export const countSecurityEventsOfType = (p: { reach: number; type: string; after: string; before: string; ipAddress: string | null; userAgent: string; cap: number }) =>
  sql.prepared('countSecurityEventsOfType', row<CountSecurityEventsOfTypeRow>())`
select count(*) filter (where rank <= ${p.reach}) as "count", coalesce(bool_or(rank > ${p.reach}), false) as "is_partial"
from (
  select rank
  from (
    select ip_address, user_agent, row_number() over (order by timestamp desc, id desc) as rank
    from security_events
    where type = ${p.type} and timestamp between ${p.after} and ${p.before}
    order by timestamp desc, id desc
    limit ${p.reach} + 1
  ) as reached
  where rank > ${p.reach}
    or (
      (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
        and strpos(lower(coalesce(user_agent, '') collate case_folding), lower(${p.userAgent}::text collate case_folding)) > 0
    )
  limit ${p.cap} + 1
) as searched`

export type ListSecurityEventsRow = { id: string; user_id: string; type: string; actor_id: string | null; ip_address: string | null; user_agent: string | null; timestamp: string; matches: boolean; is_last_reached: boolean }

export const listSecurityEvents = {
  descending: (p: { reach: number; ipAddress: string | null; userAgent: string; cursorTimestamp: string; cursorId: string; after: string; before: string; limit: number }) =>
  sql.prepared('listSecurityEventsDescending', row<ListSecurityEventsRow>())`
select id, user_id, type, actor_id, host(ip_address) as "ip_address", user_agent, timestamp,
  matches, rank = ${p.reach} as "is_last_reached"
from (
  select reached.*,
    (
      (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
      and strpos(lower(coalesce(user_agent, '') collate case_folding), lower(${p.userAgent}::text collate case_folding)) > 0
    ) as matches
  from (
    select id, user_id, type, actor_id, ip_address, user_agent, timestamp,
      row_number() over (order by timestamp desc, id desc) as rank
    from security_events
    where (timestamp, id) < (${p.cursorTimestamp}, ${p.cursorId})
      and timestamp >= ${p.after}
      and timestamp <= least(${p.before}::timestamptz, ${p.cursorTimestamp}::timestamptz)
    order by timestamp desc, id desc
    limit ${p.reach}
  ) as reached
) as searched
where matches or rank = ${p.reach}
order by timestamp desc, id desc
limit ${p.limit}`,
  ascending: (p: { reach: number; ipAddress: string | null; userAgent: string; cursorTimestamp: string; cursorId: string; after: string; before: string; limit: number }) =>
  sql.prepared('listSecurityEventsAscending', row<ListSecurityEventsRow>())`
select id, user_id, type, actor_id, host(ip_address) as "ip_address", user_agent, timestamp,
  matches, rank = ${p.reach} as "is_last_reached"
from (
  select reached.*,
    (
      (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
      and strpos(lower(coalesce(user_agent, '') collate case_folding), lower(${p.userAgent}::text collate case_folding)) > 0
    ) as matches
  from (
    select id, user_id, type, actor_id, ip_address, user_agent, timestamp,
      row_number() over (order by timestamp, id) as rank
    from security_events
    where (timestamp, id) > (${p.cursorTimestamp}, ${p.cursorId})
      and timestamp >= greatest(${p.after}::timestamptz, ${p.cursorTimestamp}::timestamptz)
      and timestamp <= ${p.before}
    order by timestamp, id
    limit ${p.reach}
  ) as reached
) as searched
where matches or rank = ${p.reach}
order by timestamp, id
limit ${p.limit}`,
}

export type CountSecurityEventsRow = { count: number; is_partial: boolean }

/** Counts the matching events among the latest :reach events, up to :cap + 1. */
export const countSecurityEvents = (p: { reach: number; after: string; before: string; ipAddress: string | null; userAgent: string; cap: number }) =>
  sql.prepared('countSecurityEvents', row<CountSecurityEventsRow>())`
select count(*) filter (where rank <= ${p.reach}) as "count", coalesce(bool_or(rank > ${p.reach}), false) as "is_partial"
from (
  select rank
  from (
    select ip_address, user_agent, row_number() over (order by timestamp desc, id desc) as rank
    from security_events
    where timestamp between ${p.after} and ${p.before}
    order by timestamp desc, id desc
    limit ${p.reach} + 1
  ) as reached
  where rank > ${p.reach}
    or (
      (${p.ipAddress}::inet is null or ip_address = ${p.ipAddress}::inet)
        and strpos(lower(coalesce(user_agent, '') collate case_folding), lower(${p.userAgent}::text collate case_folding)) > 0
    )
  limit ${p.cap} + 1
) as searched`

export type ReadServiceStateRow = { now: number; latest_migration: number }

export const readServiceState = () =>
  sql.prepared('readServiceState', row<ReadServiceStateRow>())`
select extract(epoch from clock_timestamp())::float8 as "now", (select coalesce(max(number), 0) from migrations) as "latest_migration"`

export type ClaimSignInRow = { id: string; email: string }

/** Records the time of the sign-in and locks the user's row. Returns no row if the user was suspended or the password was changed since it was verified. */
export const claimSignIn = (p: { userId: string; verifiedHash: Uint8Array }) =>
  sql.prepared('claimSignIn', row<ClaimSignInRow>())`
update users set last_login = now()
where id = ${p.userId} and is_active and password_hash = ${sql.binary(Buffer.from(p.verifiedHash))}
returning id, email`

export type LockLegacyUserRow = { id: string; email: string }

/** Locks the user of a refresh token of Django. Returns no row if the user was not imported or is suspended, or if all sessions of the user were ended since the token was issued. */
export const lockLegacyUser = (p: { legacyId: string; issuedAt: number }) =>
  sql.prepared('lockLegacyUser', row<LockLegacyUserRow>())`
select u.id, u.email from users u
where u.id = (select l.user_id from legacy_ids l where l.legacy_id = ${p.legacyId}) and u.is_active
  and u.sessions_valid_after < to_timestamp(${p.issuedAt}::float8)
for no key update`

export type ClaimDjangoTokenRow = { jti: string }

/** Claims a refresh token of Django. Returns no row if the token was claimed before. Of two simultaneous claims, the second waits for the first. */
export const claimDjangoToken = (p: { jti: string; expiresAt: number }) =>
  sql.prepared('claimDjangoToken', row<ClaimDjangoTokenRow>())`
insert into exchanged_tokens (jti, expires_at) values (${p.jti}, to_timestamp(${p.expiresAt}::float8))
on conflict do nothing
returning jti`

export type InsertSessionRow = { user_id: string; id: string; generation: number; issued_at: number; idle_until: number }

/** Creates a session. The sign-in holds the lock of the user's row. A transaction that ends all sessions may wait for this lock, and then ends the new session, too. If that transaction committed before the sign-in acquired the lock, the new session is later than users.sessions_valid_after and stays. */
export const insertSession = (p: { id: string; idleLifetime: number; absoluteLifetime: number; ipAddress: string; userAgent: string; userId: string }) =>
  sql.prepared('insertSession', row<InsertSessionRow>())`
insert into sessions (
  user_id, id, created_at, idle_until, absolute_until, ip_address, user_agent, last_ip_address, last_user_agent
)
select
  u.id, ${p.id}, greatest(now(), u.sessions_valid_after + interval '1 microsecond'),
  now() + make_interval(secs => least(${p.idleLifetime}::float8, ${p.absoluteLifetime}::float8)),
  now() + make_interval(secs => ${p.absoluteLifetime}::float8),
  ${p.ipAddress}, ${p.userAgent}, ${p.ipAddress}, ${p.userAgent}
from users u
where u.id = ${p.userId}
returning user_id, id, generation,
  floor(extract(epoch from now()))::integer as "issued_at", floor(extract(epoch from idle_until))::integer as "idle_until"`

export type EndSessionsBeyondLimitRow = { id: string }

/** Ends the oldest active sessions, so that at most :others remain in addition to the given session. It marks at most one batch of them as ended. If there are more, it sets users.sessions_valid_after, which ends all older sessions of the user, and the clean-up marks their rows later. The statement reads the latest 10,001 sessions only, which limits its work. */
export const endSessionsBeyondLimit = (p: { userId: string; sessionId: string; others: number; batch: number }) =>
  sql.prepared('endSessionsBeyondLimit', row<EndSessionsBeyondLimitRow>())`
with beyond as (
  select id, valid_from
  from (
    select s.id, coalesce(s.kept_at, s.created_at) as valid_from, least(s.idle_until, s.absolute_until) as expires_at
    from sessions s
    where case when s.ended_at is null then s.user_id end = ${p.userId}
      and coalesce(s.kept_at, s.created_at) > (select u.sessions_valid_after from users u where u.id = ${p.userId})
    order by coalesce(s.kept_at, s.created_at) desc
    limit 10001
  ) as latest
  where id <> ${p.sessionId} and now() < expires_at
  order by valid_from desc
  offset ${p.others}
  limit ${p.batch}
),
ended as (
  update sessions s set ended_at = now(), ended_by = 'session_limit'
  from beyond
  where s.user_id = ${p.userId} and s.id = beyond.id and s.ended_at is null
)
update users
set sessions_valid_after = (select min(valid_from) from beyond), sessions_ended_by = 'session_limit'
where id = ${p.userId} and (select count(*) from beyond) = ${p.batch}
returning id`

export type RotateSessionRow = { user_id: string; id: string; generation: number; issued_at: number; idle_until: number; network_changed: boolean }

/** Rotates the refresh token in one update. Of two simultaneous requests, the second waits for the first, sees the new generation, and gets the same successor. A retry within the grace period is accepted from the network and the User-Agent of the rotation. If only one of the two is the same, at most :maxRetries retries are accepted. Times are rounded down, because some verifiers of access tokens refuse an `iat` in the future. */
export const rotateSession = (p: { generation: number; ipAddress: string; userAgent: string; idleLifetime: number; userId: string; sessionId: string; grace: number; maxRetries: number }) =>
  sql.prepared('rotateSession', row<RotateSessionRow>())`
update sessions
set generation = case when generation = ${p.generation} then ${p.generation} + 1 else generation end,
    parent_began = case when generation = ${p.generation} then began else parent_began end,
    began = case when generation = ${p.generation} then now() else began end,
    rotated_ip_address = case when generation = ${p.generation} then ${p.ipAddress} else rotated_ip_address end,
    rotated_user_agent = case when generation = ${p.generation} then ${p.userAgent} else rotated_user_agent end,
    grace_retries = case
      when generation = ${p.generation} then 0
      when network_of(rotated_ip_address) = network_of(${p.ipAddress}) and rotated_user_agent = ${p.userAgent} then grace_retries
      else grace_retries + 1
    end,
    last_ip_address = ${p.ipAddress},
    last_user_agent = ${p.userAgent},
    last_used_at = now(),
    idle_until = least(now() + make_interval(secs => ${p.idleLifetime}::float8), absolute_until)
where user_id = ${p.userId} and id = ${p.sessionId}
  and exists (
    select from users u
    where u.id = ${p.userId} and u.is_active and coalesce(sessions.kept_at, sessions.created_at) > u.sessions_valid_after
  )
  and ended_at is null and now() < least(idle_until, absolute_until)
  and (
    generation = ${p.generation}
    or (
      generation = ${p.generation} + 1 and began > now() - make_interval(secs => ${p.grace})
      and case
        when rotated_ip_address is null then true -- rotated by an earlier release
        when network_of(rotated_ip_address) = network_of(${p.ipAddress})
          then rotated_user_agent = ${p.userAgent} or grace_retries < ${p.maxRetries}
        else rotated_user_agent = ${p.userAgent} and ${p.userAgent} <> '' and grace_retries < ${p.maxRetries}
      end
    )
  )
returning user_id, id, generation,
  floor(extract(epoch from now()))::integer as "issued_at", floor(extract(epoch from idle_until))::integer as "idle_until",
  network_of(${p.ipAddress}) <> coalesce(noted_network, network_of(ip_address))
    and coalesce(network_noted_at < now() - interval '1 hour', true) as "network_changed"`

export type SaveSessionNetworkRow = { id: string }

/** Records a change of network at most once an hour per session, so that a client that often changes networks does not flood the log. The statement repeats the condition of rotateSession, so that only one of several simultaneous refreshes records the change. */
export const saveSessionNetwork = (p: { ipAddress: string; userId: string; sessionId: string }) =>
  sql.prepared('saveSessionNetwork', row<SaveSessionNetworkRow>())`
update sessions set noted_network = network_of(${p.ipAddress}), network_noted_at = now()
where user_id = ${p.userId} and id = ${p.sessionId}
  and network_of(${p.ipAddress}) <> coalesce(noted_network, network_of(ip_address))
  and coalesce(network_noted_at < now() - interval '1 hour', true)
returning id`

export type EndReusedSessionRow = { user_id: string; id: string }

/** Ends the session if a client presents an older generation after its grace period. Within the grace period, ends it if that client shares neither network nor User-Agent with the client that made the last rotation. In both cases another party has the token. A slow browser tab can present a token that has been replaced twice. Within its grace period, this token does not end the session. */
export const endReusedSession = (p: { userId: string; sessionId: string; generation: number; ipAddress: string; userAgent: string; grace: number }) =>
  sql.prepared('endReusedSession', row<EndReusedSessionRow>())`
update sessions
set ended_at = now(), ended_by = 'refresh_reused'
where user_id = ${p.userId} and id = ${p.sessionId} and ended_at is null and now() < least(idle_until, absolute_until)
  and exists (
    select from users u
    where u.id = ${p.userId} and coalesce(sessions.kept_at, sessions.created_at) > u.sessions_valid_after
  )
  and (
    (
      generation > ${p.generation} and network_of(rotated_ip_address) <> network_of(${p.ipAddress})
      and (rotated_user_agent <> ${p.userAgent} or ${p.userAgent} = '')
    )
    or (generation = ${p.generation} + 1 and began <= now() - make_interval(secs => ${p.grace}))
    or (generation = ${p.generation} + 2 and parent_began <= now() - make_interval(secs => ${p.grace}))
    or generation > ${p.generation} + 2
  )
returning user_id, id`

export type EndSessionRow = { id: string }

export const endSession = (p: { endedBy: string; userId: string; sessionId: string }) =>
  sql.prepared('endSession', row<EndSessionRow>())`
update sessions set ended_at = now(), ended_by = ${p.endedBy}
where user_id = ${p.userId} and id = ${p.sessionId} and ended_at is null
  and not exists (
    select from users u
    where u.id = ${p.userId} and coalesce(sessions.kept_at, sessions.created_at) <= u.sessions_valid_after
  )
returning id`

export type FindPrincipalsRow = { id: string; email: string; first_name: string; last_name: string; language: string; is_active: boolean; is_superuser: boolean; email_confirmed: boolean; date_joined: string; last_login: string | null; ordinal: number; session_live: boolean }

/** Returns the users of access tokens, and whether their sessions are active. One statement serves several requests: "ordinal" is the position of a row's ids in the arrays, from 1. The subselects hide the lengths of the arrays: otherwise PostgreSQL would plan each execution again for a short array. */
export const findPrincipals = (p: { userIds: readonly string[]; sessionIds: readonly string[] }) =>
  sql.prepared('findPrincipals', row<FindPrincipalsRow>())`
select id, email, first_name, last_name, language,
  is_active, is_superuser, email_confirmed,
  date_joined, last_login, requested.ordinal,
  exists (
    select from sessions s
    where s.user_id = users.id and s.id = requested.session_id and s.ended_at is null
      and coalesce(s.kept_at, s.created_at) > users.sessions_valid_after and now() < least(s.idle_until, s.absolute_until)
  ) as "session_live"
from unnest((select ${sql.array(p.userIds, 'uuid')}::uuid[]), (select ${sql.array(p.sessionIds, 'uuid')}::uuid[])) with ordinality as requested (user_id, session_id, ordinal)
join users on users.id = requested.user_id`

export type LockActorRow = { id: string }

/** Locks the superuser who acts, so that the superuser is not demoted, suspended or deleted before the transaction ends. Returns no row if the user is no longer an active superuser or if the session has ended (order of locks: sql/README.md). */
export const lockActor = (p: { actorId: string; sessionId: string }) =>
  sql.prepared('lockActor', row<LockActorRow>())`
select u.id from users u join sessions s on s.user_id = u.id
where u.id = ${p.actorId} and u.is_active and u.is_superuser
  and s.id = ${p.sessionId} and s.ended_at is null
  and coalesce(s.kept_at, s.created_at) > u.sessions_valid_after and now() < least(s.idle_until, s.absolute_until)
for share of u`

export type LockSignedInUserRow = { id: string; email: string; first_name: string; last_name: string; language: string; is_active: boolean; is_superuser: boolean; email_confirmed: boolean; date_joined: string; last_login: string | null }

/** Locks the user's row until the end of the transaction. Returns no row if the user was suspended or if the session has ended. */
export const lockSignedInUser = (p: { userId: string; sessionId: string }) =>
  sql.prepared('lockSignedInUser', row<LockSignedInUserRow>())`
select id, email, first_name, last_name, language,
  is_active, is_superuser, email_confirmed,
  date_joined, last_login
from users
where id = ${p.userId} and is_active
  and exists (
    select from sessions s
    where s.user_id = users.id and s.id = ${p.sessionId} and s.ended_at is null
      and coalesce(s.kept_at, s.created_at) > users.sessions_valid_after and now() < least(s.idle_until, s.absolute_until)
  )
for no key update`

export type FindLiveGenerationRow = { generation: number }

/** Returns a row if the refresh token of the given generation would be accepted now from the client that holds it. */
export const findLiveGeneration = (p: { userId: string; sessionId: string; generation: number; grace: number }) =>
  sql.prepared('findLiveGeneration', row<FindLiveGenerationRow>())`
select s.generation from sessions s join users u on u.id = s.user_id
where s.user_id = ${p.userId} and s.id = ${p.sessionId} and u.is_active
  and s.ended_at is null and coalesce(s.kept_at, s.created_at) > u.sessions_valid_after
  and now() < least(s.idle_until, s.absolute_until)
  and (s.generation = ${p.generation} or (s.generation = ${p.generation} + 1 and s.began > now() - make_interval(secs => ${p.grace})))`

export type FindSessionRow = { ip_address: string; user_agent: string; created_at: string }

export const findSession = (p: { userId: string; sessionId: string }) =>
  sql.prepared('findSession', row<FindSessionRow>())`
select host(ip_address) as "ip_address", user_agent, created_at from sessions where user_id = ${p.userId} and id = ${p.sessionId}`

export type ListSessionsRow = { id: string; timestamp: string; last_used_at: string; expires_at: string; ip_address: string; user_agent: string; last_ip_address: string; last_user_agent: string }

/** Reads the latest 10,001 sessions, which is more than MAX_SESSIONS may allow. users.sessions_valid_after is read by a subselect and not by a join, so that PostgreSQL uses it as a bound of the index and reads no earlier sessions. */
export const listSessions = {
  descending: (p: { userId: string; cursorTimestamp: string; cursorId: string; limit: number }) =>
  sql.prepared('listSessionsDescending', row<ListSessionsRow>())`
select id, created_at as timestamp, last_used_at, least(idle_until, absolute_until) as "expires_at",
  host(ip_address) as "ip_address", user_agent,
  host(coalesce(last_ip_address, ip_address)) as "last_ip_address", coalesce(last_user_agent, user_agent) as "last_user_agent"
from (
  select s.* from sessions s
  where case when s.ended_at is null then s.user_id end = ${p.userId}
    and coalesce(s.kept_at, s.created_at) > (select u.sessions_valid_after from users u where u.id = ${p.userId})
  order by coalesce(s.kept_at, s.created_at) desc
  limit 10001
) as latest
where (created_at, id) < (${p.cursorTimestamp}, ${p.cursorId}) and now() < least(idle_until, absolute_until)
order by created_at desc, id desc
limit ${p.limit}`,
  ascending: (p: { userId: string; cursorTimestamp: string; cursorId: string; limit: number }) =>
  sql.prepared('listSessionsAscending', row<ListSessionsRow>())`
select id, created_at as timestamp, last_used_at, least(idle_until, absolute_until) as "expires_at",
  host(ip_address) as "ip_address", user_agent,
  host(coalesce(last_ip_address, ip_address)) as "last_ip_address", coalesce(last_user_agent, user_agent) as "last_user_agent"
from (
  select s.* from sessions s
  where case when s.ended_at is null then s.user_id end = ${p.userId}
    and coalesce(s.kept_at, s.created_at) > (select u.sessions_valid_after from users u where u.id = ${p.userId})
  order by coalesce(s.kept_at, s.created_at) desc
  limit 10001
) as latest
where (created_at, id) > (${p.cursorTimestamp}, ${p.cursorId}) and now() < least(idle_until, absolute_until)
order by created_at, id
limit ${p.limit}`,
}

export type CountSessionsRow = { count: number }

/** Counts the active sessions among the latest 10,001 sessions. */
export const countSessions = (p: { userId: string }) =>
  sql.prepared('countSessions', row<CountSessionsRow>())`
select count(*) as "count"
from (
  select s.idle_until, s.absolute_until from sessions s
  where case when s.ended_at is null then s.user_id end = ${p.userId}
    and coalesce(s.kept_at, s.created_at) > (select u.sessions_valid_after from users u where u.id = ${p.userId})
  order by coalesce(s.kept_at, s.created_at) desc
  limit 10001
) as latest
where now() < least(idle_until, absolute_until)`

export type EndLiveSessionRow = { id: string }

export const endLiveSession = (p: { endedBy: string; userId: string; sessionId: string }) =>
  sql.prepared('endLiveSession', row<EndLiveSessionRow>())`
update sessions set ended_at = now(), ended_by = ${p.endedBy}
where user_id = ${p.userId} and id = ${p.sessionId} and ended_at is null and now() < least(idle_until, absolute_until)
  and exists (
    select from users u
    where u.id = ${p.userId} and coalesce(sessions.kept_at, sessions.created_at) > u.sessions_valid_after
  )
returning id`

export type EndSessionsExceptRow = { live: number }

/** Ends all sessions of a user except :keptId. Returns how many active sessions ended; the count covers 10,000 sessions. The caller must have locked the user's row, so that no sign-in is in progress. The new users.sessions_valid_after ends all sessions, however many there are. One batch is marked as ended at once, and the hourly job marks the rest. Expired sessions are ended as well, because a refresh that read the clock a moment earlier may still be about to update one of them. sessions_valid_after is set later than every session, even if the clock was set back. */
export const endSessionsExcept = (p: { userId: string; keptId: string | null; endedBy: string; batch: number }) =>
  sql.prepared('endSessionsExcept', row<EndSessionsExceptRow>())`
with former as (
  select sessions_valid_after as valid_after from users where id = ${p.userId}
),
counted as (
  select s.id, now() < least(s.idle_until, s.absolute_until) as live, row_number() over () as rank
  from sessions s
  where case when s.ended_at is null then s.user_id end = ${p.userId} and s.id is distinct from ${p.keptId}
    and coalesce(s.kept_at, s.created_at) > (select valid_after from former)
  limit 10000
),
revocation as (
  update users
  set sessions_valid_after = greatest(
        clock_timestamp(),
        sessions_valid_after + interval '1 millisecond',
        (
          select coalesce(s.kept_at, s.created_at) from sessions s
          where case when s.ended_at is null then s.user_id end = ${p.userId}
          order by coalesce(s.kept_at, s.created_at) desc limit 1
        )
      ),
      sessions_ended_by = ${p.endedBy}
  where id = ${p.userId}
  returning sessions_valid_after
),
kept as (
  update sessions s set kept_at = revocation.sessions_valid_after + interval '1 microsecond'
  from revocation, former
  where s.user_id = ${p.userId} and s.id = ${p.keptId}
    and s.ended_at is null and coalesce(s.kept_at, s.created_at) > former.valid_after
),
marked as (
  update sessions s set ended_at = now(), ended_by = ${p.endedBy}
  from counted
  where s.user_id = ${p.userId} and s.id = counted.id and counted.rank <= ${p.batch} and s.ended_at is null
  returning now() < least(s.idle_until, s.absolute_until) as live
)
select (select count(*) from marked where live) + (select count(*) from counted where live and rank > ${p.batch}) as "live"`

export type ReadUserClaimsRow = { email: string; language: string; is_superuser: boolean; legacy_id: string | null }

export const readUserClaims = (p: { userId: string }) =>
  sql.prepared('readUserClaims', row<ReadUserClaimsRow>())`
select email, language, is_superuser,
  (select l.legacy_id from legacy_ids l where l.user_id = id) as "legacy_id"
from users
where id = ${p.userId}`

export type CountSignInsRow = { start: string; sign_ins: number; failed_sign_ins: number; lockouts: number }

/** Counts successful sign-ins, failed sign-ins and lockouts in the latest :intervals intervals of :hours hours, up to :cap + 1 each. The last interval is the current hour or day. The order makes PostgreSQL use the indexes. */
export const countSignIns = (p: { intervals: number; unit: string; hours: number; cap: number }) =>
  sql.prepared('countSignIns', row<CountSignInsRow>())`
select start, sign_ins.count as "sign_ins", failed.count as "failed_sign_ins", locked.count as "lockouts"
from generate_series(${p.intervals}::integer - 1, 0, -1) as ago,
  lateral (select date_trunc(${p.unit}, now(), 'UTC') - make_interval(hours => ago * ${p.hours}::integer) as start) as at,
  lateral (select start + make_interval(hours => ${p.hours}::integer) as next) as until,
  lateral (
    select count(*)::integer
    from (
      select from login_logs where timestamp >= start and timestamp < next order by timestamp, id limit ${p.cap} + 1
    ) as counted
  ) as sign_ins,
  lateral (
    select count(*)::integer
    from (
      select from security_events
      where type = 'sign_in_failed' and timestamp >= start and timestamp < next
      order by timestamp, id limit ${p.cap} + 1
    ) as counted
  ) as failed,
  lateral (
    select count(*)::integer
    from (
      select from security_events
      where type = 'account_locked' and timestamp >= start and timestamp < next
      order by timestamp, id limit ${p.cap} + 1
    ) as counted
  ) as locked
order by start`

export type IsSuppressedRow = { suppressed: boolean }

export const isSuppressed = (p: { address: string }) =>
  sql.prepared('isSuppressed', row<IsSuppressedRow>())`
select exists (select from suppressed_addresses where address = ${p.address}) as "suppressed"`

export type WasSuppressedRow = { suppressed: boolean }

/** Whether an email address was suppressed when a user was created. */
export const wasSuppressed = (p: { address: string; createdAt: string }) =>
  sql.prepared('wasSuppressed', row<WasSuppressedRow>())`
select exists (select from suppressed_addresses where address = ${p.address} and created_at < ${p.createdAt}) as "suppressed"`

export type FailAndSuppressRow = { address: string }

/** Records that a mail has bounced, and suppresses its email address. The statement locks the mail's row, so that an erasure, which deletes the row, leaves no suppressed address behind. The notice of an erasure suppresses no address. */
export const failAndSuppress = (p: { diagnostic: string; id: string; source: string; reason: string }) =>
  sql.prepared('failAndSuppress', row<FailAndSuppressRow>())`
with bounced as (
  update mails set status = 'failed', last_error = ${p.diagnostic}
  where id = ${p.id} and kind <> 'account_deleted' and status in ('queued', 'sent', 'failed')
  returning address
)
insert into suppressed_addresses (address, source, reason, diagnostic)
select address, ${p.source}, ${p.reason}, ${p.diagnostic} from bounced where address <> ''
on conflict (address) do nothing
returning address`

export type ListSuppressedAddressesRow = { id: string; source: string; reason: string; diagnostic: string; created_at: string }

export const listSuppressedAddresses = {
  descending: (p: { cursorTimestamp: string; cursorAddress: string; limit: number }) =>
  sql.prepared('listSuppressedAddressesDescending', row<ListSuppressedAddressesRow>())`
select address as id, source, reason, diagnostic, created_at from suppressed_addresses
where (created_at, address) < (${p.cursorTimestamp}, ${p.cursorAddress})
order by created_at desc, address desc limit ${p.limit}`,
  ascending: (p: { cursorTimestamp: string; cursorAddress: string; limit: number }) =>
  sql.prepared('listSuppressedAddressesAscending', row<ListSuppressedAddressesRow>())`
select address as id, source, reason, diagnostic, created_at from suppressed_addresses
where (created_at, address) > (${p.cursorTimestamp}, ${p.cursorAddress})
order by created_at, address limit ${p.limit}`,
}

export type CountSuppressedAddressesRow = { count: number }

/** Counts up to :cap addresses, or all addresses if :cap is null. */
export const countSuppressedAddresses = (p: { cap: number | null }) =>
  sql.prepared('countSuppressedAddresses', row<CountSuppressedAddressesRow>())`
select count(*)::integer as "count" from (select from suppressed_addresses limit ${p.cap}::integer) as counted`

export type UnsuppressAddressRow = { address: string }

export const unsuppressAddress = (p: { address: string }) =>
  sql.prepared('unsuppressAddress', row<UnsuppressAddressRow>())`
delete from suppressed_addresses where address = ${p.address} returning address`

export type EraseSuppressionsRow = Record<never, never>

/** Deletes the suppressions of an erased user's email addresses, and of any other addresses to which the user's mails were sent. The suppression of another user's email address stays. */
export const eraseSuppressions = (p: { addresses: readonly string[]; userId: string }) =>
  sql.prepared('eraseSuppressions', row<EraseSuppressionsRow>())`
delete from suppressed_addresses s
where s.address = any(${sql.array(p.addresses, 'text')}) and not exists (select from emails e where e.address = s.address and e.user_id <> ${p.userId})`

export type FindUserRow = { id: string; email: string; first_name: string; last_name: string; language: string; is_active: boolean; is_superuser: boolean; email_confirmed: boolean; date_joined: string; last_login: string | null; email_suppressed: boolean; legacy_id: string | null }

export const findUser = (p: { userId: string }) =>
  sql.prepared('findUser', row<FindUserRow>())`
select id, email, first_name, last_name, language,
  is_active, is_superuser, email_confirmed,
  date_joined, last_login, exists (
  select from emails e join suppressed_addresses s on s.address = e.address
  where e.user_id = id and e.kind = 'current'
  offset 0
) as "email_suppressed",
  (select l.legacy_id from legacy_ids l where l.user_id = id) as "legacy_id"
from users
where id = ${p.userId}`

export type InsertUserRow = { id: string; email: string; first_name: string; last_name: string; language: string; is_active: boolean; is_superuser: boolean; email_confirmed: boolean; date_joined: string; last_login: string | null; email_suppressed: boolean; legacy_id: string | null }

export const insertUser = (p: { userId: string; email: string; first_name: string; last_name: string; language: string; searchText: string; passwordHash: Uint8Array | null; is_active: boolean; is_superuser: boolean; email_confirmed: boolean }) =>
  sql.prepared('insertUser', row<InsertUserRow>())`
insert into users (
  id, email, first_name, last_name, language, search_text, password_hash, is_active, is_superuser, email_confirmed
)
values (
  ${p.userId}, ${p.email}, ${p.first_name}, ${p.last_name}, ${p.language}, ${p.searchText}, ${p.passwordHash === null ? null : sql.binary(Buffer.from(p.passwordHash))}, ${p.is_active}, ${p.is_superuser}, ${p.email_confirmed}
)
returning id, email, first_name, last_name, language,
  is_active, is_superuser, email_confirmed,
  date_joined, last_login, exists (
  select from emails e join suppressed_addresses s on s.address = e.address
  where e.user_id = id and e.kind = 'current'
  offset 0
) as "email_suppressed",
  (select l.legacy_id from legacy_ids l where l.user_id = id) as "legacy_id"`

export type LockUserRow = { id: string; email: string; first_name: string; last_name: string; language: string; is_active: boolean; is_superuser: boolean; email_confirmed: boolean; date_joined: string; last_login: string | null; email_suppressed: boolean; legacy_id: string | null }

/** Locks a user's row until the end of the transaction. Sign-ins of the user wait for the lock (order of locks: sql/README.md). */
export const lockUser = (p: { userId: string }) =>
  sql.prepared('lockUser', row<LockUserRow>())`
select id, email, first_name, last_name, language,
  is_active, is_superuser, email_confirmed,
  date_joined, last_login, exists (
  select from emails e join suppressed_addresses s on s.address = e.address
  where e.user_id = id and e.kind = 'current'
  offset 0
) as "email_suppressed",
  (select l.legacy_id from legacy_ids l where l.user_id = id) as "legacy_id"
from users
where id = ${p.userId}
for no key update`

export type ChangeUserRow = { id: string; email: string; first_name: string; last_name: string; language: string; is_active: boolean; is_superuser: boolean; email_confirmed: boolean; date_joined: string; last_login: string | null; email_suppressed: boolean; legacy_id: string | null }

export const changeUser = (p: { first_name: string; last_name: string; language: string; is_active: boolean; is_superuser: boolean; searchText: string; userId: string }) =>
  sql.prepared('changeUser', row<ChangeUserRow>())`
update users
set first_name = ${p.first_name},
    last_name = ${p.last_name},
    language = ${p.language},
    is_active = ${p.is_active},
    is_superuser = ${p.is_superuser},
    search_text = ${p.searchText}
where id = ${p.userId}
returning id, email, first_name, last_name, language,
  is_active, is_superuser, email_confirmed,
  date_joined, last_login, exists (
  select from emails e join suppressed_addresses s on s.address = e.address
  where e.user_id = id and e.kind = 'current'
  offset 0
) as "email_suppressed",
  (select l.legacy_id from legacy_ids l where l.user_id = id) as "legacy_id"`

export type ScanUsersByDateRow = { id: string; email: string; first_name: string; last_name: string; language: string; is_active: boolean; is_superuser: boolean; email_confirmed: boolean; date_joined: string; last_login: string | null; email_suppressed: boolean; legacy_id: string | null }

/** Reads at most :reach users in the order of the index on date_joined, and returns those that match the filters. */
export const scanUsersByDate = {
  descending: (p: { cursorValue: string; cursorId: string; reach: number; isActive: boolean | null; isSuperuser: boolean | null; pattern: string; limit: number }) =>
  sql.prepared('scanUsersByDateDescending', row<ScanUsersByDateRow>())`
select id, email, first_name, last_name, language,
  is_active, is_superuser, email_confirmed,
  date_joined, last_login, exists (
  select from emails e join suppressed_addresses s on s.address = e.address
  where e.user_id = id and e.kind = 'current'
  offset 0
) as "email_suppressed",
  (select l.legacy_id from legacy_ids l where l.user_id = id) as "legacy_id"
from (
  select users.*, date_joined as sort_value from users
  where (date_joined, id) < (${p.cursorValue}, ${p.cursorId})
  order by sort_value desc, id desc
  limit ${p.reach}
) as reached
where (${p.isActive}::boolean is null or is_active = ${p.isActive}::boolean)
  and (${p.isSuperuser}::boolean is null or is_superuser = ${p.isSuperuser}::boolean)
  and search_text like ${p.pattern}
order by sort_value desc, id desc
limit ${p.limit}`,
  ascending: (p: { cursorValue: string; cursorId: string; reach: number; isActive: boolean | null; isSuperuser: boolean | null; pattern: string; limit: number }) =>
  sql.prepared('scanUsersByDateAscending', row<ScanUsersByDateRow>())`
select id, email, first_name, last_name, language,
  is_active, is_superuser, email_confirmed,
  date_joined, last_login, exists (
  select from emails e join suppressed_addresses s on s.address = e.address
  where e.user_id = id and e.kind = 'current'
  offset 0
) as "email_suppressed",
  (select l.legacy_id from legacy_ids l where l.user_id = id) as "legacy_id"
from (
  select users.*, date_joined as sort_value from users
  where (date_joined, id) > (${p.cursorValue}, ${p.cursorId})
  order by sort_value, id
  limit ${p.reach}
) as reached
where (${p.isActive}::boolean is null or is_active = ${p.isActive}::boolean)
  and (${p.isSuperuser}::boolean is null or is_superuser = ${p.isSuperuser}::boolean)
  and search_text like ${p.pattern}
order by sort_value, id
limit ${p.limit}`,
}

export type ScanUsersByEmailRow = { id: string; email: string; first_name: string; last_name: string; language: string; is_active: boolean; is_superuser: boolean; email_confirmed: boolean; date_joined: string; last_login: string | null; email_suppressed: boolean; legacy_id: string | null }

/** Needs no id for the order, because no two users have the same email address. */
export const scanUsersByEmail = {
  descending: (p: { cursorValue: string; reach: number; isActive: boolean | null; isSuperuser: boolean | null; pattern: string; limit: number }) =>
  sql.prepared('scanUsersByEmailDescending', row<ScanUsersByEmailRow>())`
select id, email, first_name, last_name, language,
  is_active, is_superuser, email_confirmed,
  date_joined, last_login, exists (
  select from emails e join suppressed_addresses s on s.address = e.address
  where e.user_id = id and e.kind = 'current'
  offset 0
) as "email_suppressed",
  (select l.legacy_id from legacy_ids l where l.user_id = id) as "legacy_id"
from (
  select users.*, lower(email collate "C") as sort_value from users
  where lower(email collate "C") < lower(${p.cursorValue}::text collate "C")
  order by sort_value desc
  limit ${p.reach}
) as reached
where (${p.isActive}::boolean is null or is_active = ${p.isActive}::boolean)
  and (${p.isSuperuser}::boolean is null or is_superuser = ${p.isSuperuser}::boolean)
  and search_text like ${p.pattern}
order by sort_value desc
limit ${p.limit}`,
  ascending: (p: { cursorValue: string; reach: number; isActive: boolean | null; isSuperuser: boolean | null; pattern: string; limit: number }) =>
  sql.prepared('scanUsersByEmailAscending', row<ScanUsersByEmailRow>())`
select id, email, first_name, last_name, language,
  is_active, is_superuser, email_confirmed,
  date_joined, last_login, exists (
  select from emails e join suppressed_addresses s on s.address = e.address
  where e.user_id = id and e.kind = 'current'
  offset 0
) as "email_suppressed",
  (select l.legacy_id from legacy_ids l where l.user_id = id) as "legacy_id"
from (
  select users.*, lower(email collate "C") as sort_value from users
  where lower(email collate "C") > lower(${p.cursorValue}::text collate "C")
  order by sort_value
  limit ${p.reach}
) as reached
where (${p.isActive}::boolean is null or is_active = ${p.isActive}::boolean)
  and (${p.isSuperuser}::boolean is null or is_superuser = ${p.isSuperuser}::boolean)
  and search_text like ${p.pattern}
order by sort_value
limit ${p.limit}`,
}

export type SearchUsersByDateRow = { id: string; email: string; first_name: string; last_name: string; language: string; is_active: boolean; is_superuser: boolean; email_confirmed: boolean; date_joined: string; last_login: string | null; email_suppressed: boolean; legacy_id: string | null }

/** Finds all matching users by the index that :source names, and sorts them. The source 'all' is for filters that most users match. */
export const searchUsersByDate = {
  descending: (p: { source: string; userId: string; fragments: string; cursorValue: string; cursorId: string; isActive: boolean | null; isSuperuser: boolean | null; pattern: string; limit: number }) =>
  sql.prepared('searchUsersByDateDescending', row<SearchUsersByDateRow>())`
with found as materialized (
  select * from users where ${p.source} = 'address' and id = ${p.userId}
  union all
  select * from users where ${p.source} = 'superusers' and is_superuser
  union all
  select * from users where ${p.source} = 'suspended' and not is_active
  union all
  select * from users where ${p.source} = 'fragments' and search_fragments(search_text) @@ ${p.fragments}::text::tsquery
  union all
  select * from users where ${p.source} = 'all'
)
select id, email, first_name, last_name, language,
  is_active, is_superuser, email_confirmed,
  date_joined, last_login, exists (
  select from emails e join suppressed_addresses s on s.address = e.address
  where e.user_id = id and e.kind = 'current'
  offset 0
) as "email_suppressed",
  (select l.legacy_id from legacy_ids l where l.user_id = id) as "legacy_id"
from found
where (date_joined, id) < (${p.cursorValue}, ${p.cursorId})
  and (${p.isActive}::boolean is null or is_active = ${p.isActive}::boolean)
  and (${p.isSuperuser}::boolean is null or is_superuser = ${p.isSuperuser}::boolean)
  and search_text like ${p.pattern}
order by date_joined desc, id desc
limit ${p.limit}`,
  ascending: (p: { source: string; userId: string; fragments: string; cursorValue: string; cursorId: string; isActive: boolean | null; isSuperuser: boolean | null; pattern: string; limit: number }) =>
  sql.prepared('searchUsersByDateAscending', row<SearchUsersByDateRow>())`
with found as materialized (
  select * from users where ${p.source} = 'address' and id = ${p.userId}
  union all
  select * from users where ${p.source} = 'superusers' and is_superuser
  union all
  select * from users where ${p.source} = 'suspended' and not is_active
  union all
  select * from users where ${p.source} = 'fragments' and search_fragments(search_text) @@ ${p.fragments}::text::tsquery
  union all
  select * from users where ${p.source} = 'all'
)
select id, email, first_name, last_name, language,
  is_active, is_superuser, email_confirmed,
  date_joined, last_login, exists (
  select from emails e join suppressed_addresses s on s.address = e.address
  where e.user_id = id and e.kind = 'current'
  offset 0
) as "email_suppressed",
  (select l.legacy_id from legacy_ids l where l.user_id = id) as "legacy_id"
from found
where (date_joined, id) > (${p.cursorValue}, ${p.cursorId})
  and (${p.isActive}::boolean is null or is_active = ${p.isActive}::boolean)
  and (${p.isSuperuser}::boolean is null or is_superuser = ${p.isSuperuser}::boolean)
  and search_text like ${p.pattern}
order by date_joined, id
limit ${p.limit}`,
}

export type SearchUsersByEmailRow = { id: string; email: string; first_name: string; last_name: string; language: string; is_active: boolean; is_superuser: boolean; email_confirmed: boolean; date_joined: string; last_login: string | null; email_suppressed: boolean; legacy_id: string | null }

export const searchUsersByEmail = {
  descending: (p: { source: string; userId: string; fragments: string; cursorValue: string; isActive: boolean | null; isSuperuser: boolean | null; pattern: string; limit: number }) =>
  sql.prepared('searchUsersByEmailDescending', row<SearchUsersByEmailRow>())`
with found as materialized (
  select * from users where ${p.source} = 'address' and id = ${p.userId}
  union all
  select * from users where ${p.source} = 'superusers' and is_superuser
  union all
  select * from users where ${p.source} = 'suspended' and not is_active
  union all
  select * from users where ${p.source} = 'fragments' and search_fragments(search_text) @@ ${p.fragments}::text::tsquery
  union all
  select * from users where ${p.source} = 'all'
)
select id, email, first_name, last_name, language,
  is_active, is_superuser, email_confirmed,
  date_joined, last_login, exists (
  select from emails e join suppressed_addresses s on s.address = e.address
  where e.user_id = id and e.kind = 'current'
  offset 0
) as "email_suppressed",
  (select l.legacy_id from legacy_ids l where l.user_id = id) as "legacy_id"
from found
where lower(email collate "C") < lower(${p.cursorValue}::text collate "C")
  and (${p.isActive}::boolean is null or is_active = ${p.isActive}::boolean)
  and (${p.isSuperuser}::boolean is null or is_superuser = ${p.isSuperuser}::boolean)
  and search_text like ${p.pattern}
order by lower(email collate "C") desc
limit ${p.limit}`,
  ascending: (p: { source: string; userId: string; fragments: string; cursorValue: string; isActive: boolean | null; isSuperuser: boolean | null; pattern: string; limit: number }) =>
  sql.prepared('searchUsersByEmailAscending', row<SearchUsersByEmailRow>())`
with found as materialized (
  select * from users where ${p.source} = 'address' and id = ${p.userId}
  union all
  select * from users where ${p.source} = 'superusers' and is_superuser
  union all
  select * from users where ${p.source} = 'suspended' and not is_active
  union all
  select * from users where ${p.source} = 'fragments' and search_fragments(search_text) @@ ${p.fragments}::text::tsquery
  union all
  select * from users where ${p.source} = 'all'
)
select id, email, first_name, last_name, language,
  is_active, is_superuser, email_confirmed,
  date_joined, last_login, exists (
  select from emails e join suppressed_addresses s on s.address = e.address
  where e.user_id = id and e.kind = 'current'
  offset 0
) as "email_suppressed",
  (select l.legacy_id from legacy_ids l where l.user_id = id) as "legacy_id"
from found
where lower(email collate "C") > lower(${p.cursorValue}::text collate "C")
  and (${p.isActive}::boolean is null or is_active = ${p.isActive}::boolean)
  and (${p.isSuperuser}::boolean is null or is_superuser = ${p.isSuperuser}::boolean)
  and search_text like ${p.pattern}
order by lower(email collate "C")
limit ${p.limit}`,
}

export type CountUsersRow = { count: number }

/** Counts the matching users, up to :cap + 1. searchUsersByDate explains :source. The index would return all matches of a frequent fragment. Therefore the statement first reads a sample, about 640 kB of the table. If more than an eighth of these users match, the count soon reaches its cap without the index. */
export const countUsers = (p: { pattern: string; source: string; userId: string; fragments: string; isActive: boolean | null; isSuperuser: boolean | null; cap: number }) =>
  sql.prepared('countUsers', row<CountUsersRow>())`
with sample as materialized (
  select count(*) filter (where search_text like ${p.pattern}) * 8 > count(*) as is_frequent
  from users tablesample system (100 * 640000.0 / greatest(pg_relation_size('users'), 640000))
),
found as materialized (
  select is_active, is_superuser, search_text from users where ${p.source} = 'address' and id = ${p.userId}
  union all
  select is_active, is_superuser, search_text from users where ${p.source} = 'superusers' and is_superuser
  union all
  select is_active, is_superuser, search_text from users where ${p.source} = 'suspended' and not is_active
  union all
  select is_active, is_superuser, search_text from users
  where ${p.source} = 'fragments' and not (select is_frequent from sample)
    and search_fragments(search_text) @@ ${p.fragments}::text::tsquery
  union all
  select is_active, is_superuser, search_text from users
  where (${p.source} = 'all' or ${p.source} = 'fragments' and (select is_frequent from sample)) and search_text like ${p.pattern}
)
select count(*) as "count"
from (
  select from found
  where (${p.isActive}::boolean is null or is_active = ${p.isActive}::boolean)
    and (${p.isSuperuser}::boolean is null or is_superuser = ${p.isSuperuser}::boolean)
    and search_text like ${p.pattern}
  limit ${p.cap} + 1
) as counted`

export type FindUserIdByLegacyIdRow = { user_id: string }

export const findUserIdByLegacyId = (p: { legacyId: string }) =>
  sql.prepared('findUserIdByLegacyId', row<FindUserIdByLegacyIdRow>())`
select user_id from legacy_ids where legacy_id = ${p.legacyId}`
