-- name: insertCode
-- Stores the hash of a code for a user or for a registration. The caller must hold lockCodes, which an erasure holds
-- as well. Returns no row if neither the user nor the registration exists any more.
insert into codes (user_id, hash, purpose, mail_id, about, expires_at)
select :userId, :hash, :purpose, :mailId, :about?, now() + make_interval(secs => :lifetime)
where exists (select from users where id = :userId) or exists (select from registrations where user_id = :userId)
returning expires_at;

-- name: lockCodes
-- Locks a user's codes until the end of the transaction: one transaction at a time mints, consumes or deletes them.
-- An erasure holds the lock as well. sql/README.md gives the order in which locks are acquired.
select pg_advisory_xact_lock(hashtextextended(:userId::text, 0)) is null as "locked!";

-- name: findNewerCode
-- Finds an unused code of a later request for the same purpose. The order of mail ids is the order of the requests.
-- Undo codes count only if they belong to the same change of email address.
select mail_id from codes
where user_id = :userId and purpose = :purpose and mail_id > :mailId and used_at is null
  and (purpose <> 'undo_email' or about = :about?)
limit 1;

-- name: voidOlderCodes
-- Deletes the unused codes of earlier requests for the same purpose. Undo codes of other changes of email address
-- stay.
delete from codes
where user_id = :userId and purpose = :purpose and mail_id < :mailId and used_at is null
  and (purpose <> 'undo_email' or about = :about?);

-- name: voidCodes
-- Deletes a user's unused codes and the unconfirmed change of email address. The change is deleted because its mail
-- may still be queued, and the worker would mint another code for it. Undo codes stay, because an attacker may have
-- changed the password or the email address.
with void as (delete from email_changes where user_id = :userId and confirmed_at is null)
delete from codes where user_id = :userId and used_at is null and purpose <> 'undo_email';

-- name: findLiveRecoveryCode
-- Returns the email address of the account whose password the code can set. The code belongs to an active user or to
-- a registration.
select coalesce(u.email, r.address) as "email!"
from codes c
  left join users u on u.id = c.user_id
  left join registrations r on r.user_id = c.user_id and r.expires_at > now()
where c.user_id = :userId and c.hash = :hash and c.purpose = 'restore' and c.used_at is null and c.expires_at > now()
  and coalesce(u.is_active, r.user_id is not null);

-- name: consumeRepetition
-- Counts a repeated use of a recovery code that was used in the last :seconds seconds. Returns the hash of the
-- current password, which the caller compares with the password of the request. The use is counted before the caller
-- verifies the password, so that parallel requests cannot exceed :limit repetitions.
update codes c set repetitions = c.repetitions + 1
from users u
where c.user_id = :userId and c.hash = :hash and c.purpose = 'restore'
  and c.used_at > now() - make_interval(secs => :seconds) and c.repetitions < :limit
  and u.id = c.user_id and u.is_active
returning u.password_hash;

-- name: consumeCode
-- Marks a code as used. Returns the user of the code. For the code of a change of email address, `about` is the id of
-- the change.
update codes set used_at = now()
where user_id = :userId and hash = :hash and purpose = :purpose and used_at is null and expires_at > now()
returning user_id, about;

-- name: supersedeActivationCodes
-- Marks the activation codes of the other registrations of an email address after one registration was activated. The
-- transaction has claimed the email address before, so that no other activation of the same email address writes to
-- these codes (order of locks: sql/README.md).
update codes set about = :activatedId
where user_id = any(:userIds) and user_id <> :activatedId and purpose = 'activate';

-- name: findActivatedUser
-- Finds the active account of an activation code's email address. This code, another code of the same registration,
-- or a code of another registration of the email address may have activated the account.
select u.id, c.about is not null as "superseded!"
from codes c join users u on u.id = coalesce(c.about, c.user_id)
where c.user_id = :userId and c.hash = :hash and c.purpose = 'activate' and c.expires_at > now() and u.is_active;
