-- The statements of an erasure, which src/domain/accounts/erasure.ts runs in one transaction.

-- name: eraseCodes
-- Deletes the codes of the users and of their registrations. Also deletes the codes of registrations that
-- ended when another registration of the same email address was activated.
delete from codes where user_id = any(:userIds) or about = any(:userIds);

-- name: eraseEmailChanges
delete from email_changes where user_id = :userId;

-- name: eraseUser
-- Deletes a user. If :verifiedHash is given, the user is deleting their own account. In this case the statement
-- deletes no row if the password was changed since it was verified, if the session has ended, or if the user is
-- suspended.
delete from users
where id = :userId and (
  :verifiedHash?::bytea is null
  or password_hash = :verifiedHash? and is_active
  and exists (
    select from sessions s
    where s.user_id = users.id and s.id = :sessionId? and s.ended_at is null
      and coalesce(s.kept_at, s.created_at) > users.sessions_valid_after and now() < least(s.idle_until, s.absolute_until)
  )
)
returning id, email, language;

-- name: findOwnAddresses
-- Returns the current email address of a user, and the former email addresses that are held for the user.
select address from emails
where user_id = :userId and (kind = 'current' or held_until > now());

-- name: eraseRegistrations
delete from registrations where address = any(:addresses)
returning user_id;

-- name: eraseMails
-- Deletes the mails of a user. Also deletes mails to the user's email addresses that belong to no existing user. Such
-- mails were requested with an email address alone, or belong to a registration.
delete from mails
where user_id = :userId
  or (address = any(:addresses) and not exists (select from users u where u.id = mails.user_id))
returning address;

-- name: eraseAddresses
delete from emails where user_id = :userId;

-- name: eraseSessions
delete from sessions where user_id = :userId;

-- name: eraseDevices
delete from devices where user_id = :userId;

-- name: eraseIdempotencyKeys
-- Deletes the keys that the user sent. The key of the request that created the user stays, so that a late repetition
-- of the request does not create the user again.
delete from idempotency_keys where actor_id = :userId;

-- name: eraseLoginLogs
-- Deletes the user's oldest rows, at least :batch + 1 of them if there are as many. The caller repeats the statement
-- until it deletes :batch rows or fewer, because then none are left.
delete from login_logs
where user_id = :userId and timestamp <= coalesce(
  (select timestamp from login_logs where user_id = :userId order by timestamp, id offset :batch limit 1), 'infinity'
);

-- name: anonymizeSecurityEvents
-- Clears the IP address and the User-Agent of the user's oldest events, of at least :batch + 1 if there are as many. The
-- caller repeats the statement until it changes :batch rows or fewer, because then none are left. The events stay.
update security_events set ip_address = null, user_agent = null
where user_id = :userId and (ip_address is not null or user_agent is not null) and timestamp <= coalesce(
  (
    select timestamp from security_events
    where user_id = :userId and (ip_address is not null or user_agent is not null)
    order by timestamp, id offset :batch limit 1
  ),
  'infinity'
);

-- name: anonymizeEventsOfActor
-- Clears the IP address and the User-Agent of events in which the user acted on other users as an administrator.
update security_events set ip_address = null, user_agent = null
where actor_id = :userId and (ip_address is not null or user_agent is not null);
