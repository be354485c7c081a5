-- name: lockVerifiedUser
-- Locks the user's row until the end of the transaction. Returns no row if the user was suspended or signed out, or
-- has another password than the one that was verified.
select id from users
where id = :userId and is_active and password_hash = :verifiedHash
  and exists (
    select from sessions s
    where s.user_id = users.id and s.id = :sessionId and s.ended_at is null
      and coalesce(s.kept_at, s.created_at) > users.sessions_valid_after and now() < least(s.idle_until, s.absolute_until)
  )
for no key update;

-- name: voidEmailChange
-- Deletes the change of address that waits, and its code. A new request does so whether or not the new address is
-- taken: an earlier code that still worked would reveal that.
with void as (delete from codes where user_id = :userId and purpose = 'confirm_email' and used_at is null)
delete from email_changes where user_id = :userId and confirmed_at is null;

-- name: insertEmailChange
insert into email_changes (user_id, id, address, email) values (:userId, :id, :address, :email);

-- name: findWaitingEmailChange
select c.email, c.requested_at, u.email as old_email, u.language
from email_changes c join users u on u.id = c.user_id
where c.user_id = :userId and c.id = :id and c.confirmed_at is null and u.is_active;

-- name: lockWaitingEmailChange
-- Locks the user's row and returns the change, with the names that the searchable text is made of.
select c.address, c.email, u.email as old_email, u.first_name, u.last_name
from email_changes c join users u on u.id = c.user_id
where c.user_id = :userId and c.id = :id and c.confirmed_at is null and u.is_active
for no key update of u;

-- name: findOtherOwner
-- Finds the user who prevents another from claiming the address: the opposite of the condition of claimAddress.
select user_id from emails
where address = :address and user_id <> :userId and (kind = 'current' or held_until >= now());

-- name: holdAddress
-- Makes the current address a former one and holds it for as long as an undo code lives (undoLifetime in
-- src/domain/mails/codes.ts).
update emails set kind = 'held', held_until = now() + make_interval(secs => :undoLifetime)
where user_id = :userId and kind = 'current' and address <> :newAddress
returning address;

-- name: setEmail
update users set email = :email, search_text = :searchText, email_confirmed = true
where id = :userId
returning id;

-- name: confirmEmailChange
update email_changes set old_address = :oldAddress, old_email = :oldEmail, confirmed_at = now()
where user_id = :userId and id = :id
returning id;

-- name: findUndoableEmailChange
-- Finds a confirmed change that can still be undone.
select c.old_email as "old_email!", c.confirmed_at as "confirmed_at!", u.language
from email_changes c join users u on u.id = c.user_id
where c.user_id = :userId and c.id = :id and c.confirmed_at is not null and c.undone_at is null
  and coalesce(c.undo_until > now(), true);

-- name: lockUndoableEmailChange
-- Locks the user's row and returns the change, as lockWaitingEmailChange does.
select c.old_address as "old_address!", c.old_email as "old_email!", u.email as new_email, u.first_name, u.last_name
from email_changes c join users u on u.id = c.user_id
where c.user_id = :userId and c.id = :id and c.confirmed_at is not null and c.undone_at is null and u.is_active
  and coalesce(c.undo_until > now(), true)
for no key update of u;

-- name: markChangesRecovered
-- Records a recovery of the password on all confirmed changes: the code went to the present address, because a change
-- of address deletes earlier codes.
update email_changes set recovered_at = now()
where user_id = :userId and confirmed_at is not null and undone_at is null and recovered_at is null;

-- name: findEndableUndo
-- Finds the change that brought the present address, if the password was recovered at it and the change can still be
-- undone.
select c.id from email_changes c
where c.user_id = :userId and c.recovered_at is not null and c.undone_at is null
  and coalesce(c.undo_until > now(), true)
  and (
    c.confirmed_at > now() - make_interval(secs => :undoLifetime)
    or exists (select from codes where user_id = :userId and about = c.id and used_at is null and expires_at > now())
  )
  and c.confirmed_at = (
    select max(confirmed_at) from email_changes where user_id = :userId and undone_at is null
  );

-- name: endUndo
-- Shortens the undo of all changes so far to :seconds after each was confirmed. Returns the end of the latest.
with ended as (
  update email_changes
  set undo_until = least(undo_until, greatest(now(), confirmed_at + make_interval(secs => :seconds)))
  where user_id = :userId and confirmed_at is not null and undone_at is null and coalesce(undo_until > now(), true)
  returning undo_until
)
select max(undo_until) as "undo_until?" from ended;

-- name: restoreAddress
-- Makes a former address the current one. The user may already have it again by another change. Otherwise as
-- claimAddress.
insert into emails (address, user_id) values (:address, :userId)
on conflict (address) do update set user_id = excluded.user_id, kind = 'current', held_until = null
where emails.user_id = excluded.user_id or (emails.kind = 'held' and emails.held_until < now())
returning user_id;

-- name: clearPassword
-- Removes the password: the user cannot sign in until a mailed code sets another.
update users set password_hash = null
where id = :userId
returning id;

-- name: undoEmailChanges
-- Undoes a change and all later ones, which the same person may have made. Their undo codes no longer work.
update email_changes set undone_at = now()
where user_id = :userId and undone_at is null
  and confirmed_at >= (select confirmed_at from email_changes where user_id = :userId and id = :id)
returning id;

-- name: releaseAddresses
-- Deletes the addresses of a change and of later ones, except those that an earlier change can still be undone to.
delete from emails
where user_id = :userId and address <> :restoredAddress and address not in (
  select old_address from email_changes
  where user_id = :userId and undone_at is null and confirmed_at > now() - make_interval(secs => :undoLifetime)
);
