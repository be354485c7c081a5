-- name: lockVerifiedUser
-- Locks the user's row until the end of the transaction. Returns no row if the user was suspended, if the session has
-- ended, or if the password was changed since it was verified.
select id from users
where id = :userId and is_active and password_hash = :verifiedHash
  and exists (
    select from sessions s
    where s.user_id = users.id and s.id = :sessionId and s.ended_at is null
      and coalesce(s.kept_at, s.created_at) > users.sessions_valid_after and now() < least(s.idle_until, s.absolute_until)
  )
for no key update;

-- name: voidEmailChange
-- Deletes the unconfirmed change of email address and its code. Every new request runs this statement, even if the
-- new email address belongs to another user. If the earlier code still worked in that case, the code would reveal to
-- the client that the new email address is taken.
with void as (delete from codes where user_id = :userId and purpose = 'confirm_email' and used_at is null)
delete from email_changes where user_id = :userId and confirmed_at is null;

-- name: insertEmailChange
insert into email_changes (user_id, id, address, email) values (:userId, :id, :address, :email);

-- name: findWaitingEmailChange
select c.email, c.requested_at, u.email as old_email, u.language
from email_changes c join users u on u.id = c.user_id
where c.user_id = :userId and c.id = :id and c.confirmed_at is null and u.is_active;

-- name: lockWaitingEmailChange
-- Locks the user's row. Returns the unconfirmed change of email address, and the names from which the caller builds
-- the search text.
select c.address, c.email, u.email as old_email, u.first_name, u.last_name
from email_changes c join users u on u.id = c.user_id
where c.user_id = :userId and c.id = :id and c.confirmed_at is null and u.is_active
for no key update of u;

-- name: findOtherOwner
-- Finds another user who prevents the given user from claiming the email address. The condition is the opposite of
-- the condition in claimAddress.
select user_id from emails
where address = :address and user_id <> :userId and (kind = 'current' or held_until >= now());

-- name: holdAddress
-- Makes the current email address a former email address, and holds it for the lifetime of an undo code (undoLifetime
-- in src/domain/mails/codes.ts).
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
-- Finds a confirmed change of email address that can still be undone.
select c.old_email as "old_email!", c.confirmed_at as "confirmed_at!", u.language
from email_changes c join users u on u.id = c.user_id
where c.user_id = :userId and c.id = :id and c.confirmed_at is not null and c.undone_at is null
  and coalesce(c.undo_until > now(), true);

-- name: lockUndoableEmailChange
-- Locks the user's row. Returns the change of email address that can still be undone, and the names from which the
-- caller builds the search text.
select c.old_address as "old_address!", c.old_email as "old_email!", u.email as new_email, u.first_name, u.last_name
from email_changes c join users u on u.id = c.user_id
where c.user_id = :userId and c.id = :id and c.confirmed_at is not null and c.undone_at is null and u.is_active
  and coalesce(c.undo_until > now(), true)
for no key update of u;

-- name: markChangesRecovered
-- Records on all confirmed changes of a user that the password was recovered. This shows that the user can read mail
-- at the current email address: a change of email address deletes the codes that were mailed to an earlier email
-- address.
update email_changes set recovered_at = now()
where user_id = :userId and confirmed_at is not null and undone_at is null and recovered_at is null;

-- name: findEndableUndo
-- Finds the change that set the user's current email address. Returns no row if the password was not recovered at
-- this email address, or if the change can no longer be undone.
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
-- Shortens the period in which each earlier change can be undone to :seconds seconds after its confirmation. Returns
-- the end of the latest of these periods.
with ended as (
  update email_changes
  set undo_until = least(undo_until, greatest(now(), confirmed_at + make_interval(secs => :seconds)))
  where user_id = :userId and confirmed_at is not null and undone_at is null and coalesce(undo_until > now(), true)
  returning undo_until
)
select max(undo_until) as "undo_until?" from ended;

-- name: restoreAddress
-- Makes a former email address the current email address, under the conditions of claimAddress. In addition, the
-- email address may already be the user's current email address, because of another change.
insert into emails (address, user_id) values (:address, :userId)
on conflict (address) do update set user_id = excluded.user_id, kind = 'current', held_until = null
where emails.user_id = excluded.user_id or (emails.kind = 'held' and emails.held_until < now())
returning user_id;

-- name: clearPassword
-- Removes the password. The user cannot sign in before setting a new password with a mailed code.
update users set password_hash = null
where id = :userId
returning id;

-- name: undoEmailChanges
-- Marks a change and all later changes as undone, because the same person may have made them. Their undo codes no
-- longer work.
update email_changes set undone_at = now()
where user_id = :userId and undone_at is null
  and confirmed_at >= (select confirmed_at from email_changes where user_id = :userId and id = :id)
returning id;

-- name: releaseAddresses
-- Deletes the email addresses of a change and of later changes. An email address stays if the undo of an earlier
-- change can still restore it.
delete from emails
where user_id = :userId and address <> :restoredAddress and address not in (
  select old_address from email_changes
  where user_id = :userId and undone_at is null and confirmed_at > now() - make_interval(secs => :undoLifetime)
);
