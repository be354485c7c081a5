-- name: findUserIdByAddress
select user_id from emails where address = :address and kind = 'current';

-- name: findPasswordHash
select id, password_hash from users where id = :userId;

-- name: findSignInHash
-- Returns no row for a suspended user. The service then refuses the sign-in as it does for an unknown email address,
-- and after the same time, even if the password is right (security 13).
select password_hash from users where id = :userId and is_active;

-- name: claimAddress
-- Makes an email address the user's current email address. A held email address can be claimed by its former owner,
-- and by any user after the hold has ended. Returns no row if another user has the email address.
insert into emails (address, user_id) values (:address, :userId)
on conflict (address) do update set user_id = excluded.user_id, kind = 'current', held_until = null
where emails.kind = 'held' and (emails.user_id = excluded.user_id or emails.held_until < now())
returning user_id;

-- name: setPassword
update users set password_hash = :passwordHash, email_confirmed = true
where id = :userId and is_active
returning id, email;

-- name: rehashPassword
-- Replaces an outdated password hash by a new hash of the same password. Returns no row if the password was changed
-- in the meantime.
update users set password_hash = :passwordHash
where id = :userId and password_hash = :verifiedHash
returning id;

-- name: lockSuperusers
-- Lets one transaction at a time remove, demote or suspend a superuser. A transaction must acquire this lock before
-- all other locks (sql/README.md).
select pg_advisory_xact_lock(7283646) is null as "locked!";

-- name: findLastSuperuser
-- Returns a row if the user is an active superuser, and no other active superuser has a password. A superuser without
-- a password cannot sign in and may never set a password, and so cannot replace this superuser (security 108).
select u.id from users u
where u.id = :userId and u.is_superuser and u.is_active
  and not exists (
    select from users other
    where other.is_superuser and other.is_active and other.password_hash is not null and other.id <> u.id
  );

-- name: changePassword
-- Returns no row if the password was changed since it was verified, or if the user or the session is no longer valid.
update users set password_hash = :passwordHash
where id = :userId and is_active and password_hash = :verifiedHash
  and exists (
    select from sessions s
    where s.user_id = users.id and s.id = :sessionId and s.ended_at is null
      and coalesce(s.kept_at, s.created_at) > users.sessions_valid_after and now() < least(s.idle_until, s.absolute_until)
  )
returning id, email;
