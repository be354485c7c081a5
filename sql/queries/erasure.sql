-- The statements of an erasure, in the order in which src/domain/accounts/erasure.ts runs them.

-- name: eraseCodes
-- Deletes the codes of the users, and those of registrations that the users' own superseded.
delete from codes where user_id = any(:userIds) or about = any(:userIds);

-- name: eraseEmailChanges
delete from email_changes where user_id = :userId;

-- name: eraseUser
-- Deletes the user. The owner needs the password that was verified and a live session, and must not be suspended.
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
-- Returns the current address of a user and the former ones that are held.
select address from emails
where user_id = :userId and (kind = 'current' or held_until > now());

-- name: eraseRegistrations
delete from registrations where address = any(:addresses)
returning user_id;

-- name: eraseMails
-- Deletes the mails of a user, and those to the addresses: mails that were requested by address alone, and those of
-- registrations. Mails of other users stay.
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
-- Deletes the oldest :batch rows and one more, or all if there are fewer, so that no statement takes too long.
delete from login_logs
where user_id = :userId and timestamp <= coalesce(
  (select timestamp from login_logs where user_id = :userId order by timestamp, id offset :batch limit 1), 'infinity'
);

-- name: anonymizeSecurityEvents
-- Clears the IP address and the device of as many events as eraseLoginLogs deletes rows. The events stay.
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
-- Clears them on events in which the user acted on others as an administrator.
update security_events set ip_address = null, user_agent = null
where actor_id = :userId and (ip_address is not null or user_agent is not null);
