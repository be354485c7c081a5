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
-- After one registration of an email address was activated, marks the activation codes of the others. The transaction
-- has claimed the email address before, so that no other activation of it writes to these codes (order of locks:
-- sql/README.md).
update codes set about = :activatedId
where user_id = any(:userIds) and user_id <> :activatedId and purpose = 'activate';

-- name: findActivatedUser
-- Finds the active account of an activation code's email address. This code, another code of the same registration,
-- or a code of another registration of the email address may have activated the account.
select u.id, c.about is not null as "superseded!"
from codes c join users u on u.id = coalesce(c.about, c.user_id)
where c.user_id = :userId and c.hash = :hash and c.purpose = 'activate' and c.expires_at > now() and u.is_active;

-- name: findCodeState
-- Reads the state of a mailed code for its page, and changes nothing, because mail scanners open links. Also returns
-- the language of the account, and the email address that the code is about: the new one of a change, the one that an
-- undo restores, or that of the account. The state is `unknown` if another account has the email address that the
-- code would claim.
select
  coalesce(u.language, r.language) as "language?",
  case when c.purpose = 'confirm_email' then e.email when c.purpose = 'undo_email' then e.old_email
    else coalesce(u.email, r.address) end as "email?",
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
  end as "state!"
from codes c
  left join users u on u.id = case when c.purpose = 'activate' then coalesce(c.about, c.user_id) else c.user_id end
  left join registrations r on r.user_id = c.user_id and r.expires_at > now()
  left join email_changes e on e.user_id = c.user_id and e.id = c.about and c.purpose <> 'activate'
where c.user_id = :userId and c.hash = :hash and c.purpose = :purpose;
