-- What an erasure takes, in the order of src/domain/accounts/erasure.ts.

-- name: eraseCodes
-- Also those of registrations that the user's own superseded.
delete from codes where user_id = any(:userIds) or about = any(:userIds);

-- name: eraseEmailChanges
delete from email_changes where user_id = :userId;

-- name: eraseUser
-- The owner needs the password that was verified, a live session, and not to be suspended.
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
-- A former address is the user's as long as it is held.
select address from emails
where user_id = :userId and (kind = 'current' or held_until > now());

-- name: eraseRegistrations
delete from registrations where address = any(:addresses)
returning user_id;

-- name: eraseMails
-- By address too: the mails that were asked for by it alone, and those of registrations. Another user's stay.
delete from mails
where user_id = :userId
  or (address = any(:addresses) and not exists (select from users u where u.id = mails.user_id));

-- name: eraseAddresses
delete from emails where user_id = :userId;

-- name: eraseSessions
delete from sessions where user_id = :userId;

-- name: eraseDevices
delete from devices where user_id = :userId;

-- name: eraseLoginLogs
-- The oldest, and no fewer than the batch and one as long as there are more: no statement may take too long.
delete from login_logs
where user_id = :userId and timestamp <= coalesce(
  (select timestamp from login_logs where user_id = :userId order by timestamp, id offset :batch limit 1), 'infinity'
);

-- name: anonymizeSecurityEvents
-- What happened stays, without from where. As many as eraseLoginLogs takes.
update security_events set ip_address = null, user_agent = null
where user_id = :userId and (ip_address is not null or user_agent is not null) and timestamp <= coalesce(
  (
    select timestamp from security_events
    where user_id = :userId and (ip_address is not null or user_agent is not null)
    order by timestamp, id offset :batch limit 1
  ),
  'infinity'
);

-- name: anonymizeActedEvents
-- Also where the user, then an administrator, did it to others.
update security_events set ip_address = null, user_agent = null
where actor_id = :userId and (ip_address is not null or user_agent is not null);
