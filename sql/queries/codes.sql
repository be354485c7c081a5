-- name: insertCode
-- Stores the hash of a code for a user or for a registration. The caller holds lockCodes, as an erasure does. Returns
-- no row if neither exists any more.
insert into codes (user_id, hash, purpose, mail_id, about, expires_at)
select :userId, :hash, :purpose, :mailId, :about?, now() + make_interval(secs => :lifetime)
where exists (select from users where id = :userId) or exists (select from registrations where user_id = :userId)
returning expires_at;

-- name: lockCodes
-- Locks a user's codes until the end of the transaction: one transaction at a time mints, consumes or deletes them.
-- An erasure holds the lock as well. sql/README.md says in which order locks are taken.
select pg_advisory_xact_lock(hashtextextended(:userId::text, 0)) is null as "locked!";

-- name: findNewerCode
-- Finds an unused code of a later request for the same purpose; mail ids are in the order of the requests. Each
-- change of address has an undo code of its own.
select mail_id from codes
where user_id = :userId and purpose = :purpose and mail_id > :mailId and used_at is null
  and (purpose <> 'undo_email' or about = :about?)
limit 1;

-- name: voidOlderCodes
-- Deletes the unused codes of earlier requests for the same purpose.
delete from codes
where user_id = :userId and purpose = :purpose and mail_id < :mailId and used_at is null
  and (purpose <> 'undo_email' or about = :about?);

-- name: voidCodes
-- Deletes a user's unused codes and the change of address that waits: its mail may still be in the queue and would
-- bring another code. Undo codes stay, because the person who changed the password or the address may not be the
-- owner.
with void as (delete from email_changes where user_id = :userId and confirmed_at is null)
delete from codes where user_id = :userId and used_at is null and purpose <> 'undo_email';

-- name: findLiveRecoveryCode
-- Returns the address whose password the code sets: that of an active user, or that of a registration.
select coalesce(u.email, r.address) as "email!"
from codes c
  left join users u on u.id = c.user_id
  left join registrations r on r.user_id = c.user_id and r.expires_at > now()
where c.user_id = :userId and c.hash = :hash and c.purpose = 'restore' and c.used_at is null and c.expires_at > now()
  and coalesce(u.is_active, r.user_id is not null);

-- name: consumeRepetition
-- Counts another use of a recovery code that was used a moment ago, and returns the password hash to compare. It
-- counts before the password is verified, so that parallel requests cannot exceed the limit.
update codes c set repetitions = c.repetitions + 1
from users u
where c.user_id = :userId and c.hash = :hash and c.purpose = 'restore'
  and c.used_at > now() - make_interval(secs => :seconds) and c.repetitions < :limit
  and u.id = c.user_id and u.is_active
returning u.password_hash;

-- name: consumeCode
-- Marks a code as used and returns what it is for.
update codes set used_at = now()
where user_id = :userId and hash = :hash and purpose = :purpose and used_at is null and expires_at > now()
returning user_id, about;

-- name: supersedeActivationCodes
-- Marks the activation codes of the other registrations of an address after one registration was activated. The
-- transaction has claimed the address, so that no other activation of the address writes to these codes (order of
-- locks: sql/README.md).
update codes set about = :activatedId
where user_id = any(:userIds) and user_id <> :activatedId and purpose = 'activate';

-- name: findActivatedUser
-- Finds the active account that an activation code led to: by this code, by another code of the same registration, or
-- by the code of another registration of the address.
select u.id, c.about is not null as "superseded!"
from codes c join users u on u.id = coalesce(c.about, c.user_id)
where c.user_id = :userId and c.hash = :hash and c.purpose = 'activate' and c.expires_at > now() and u.is_active;
