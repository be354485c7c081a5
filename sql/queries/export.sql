-- These statements read the data of a user in pages, the oldest rows first. Each page begins after the last row of
-- the previous page.

-- name: exportUser
select now() as "exported_at!", {userColumns}, {adminColumns}
from users
where id = :userId;

-- name: exportAddresses
select address, kind, held_until
from emails
where user_id = :userId
  and (coalesce(held_until, 'infinity'), address) > (:afterTimestamp, :afterAddress)
order by coalesce(held_until, 'infinity'), address
limit :limit;

-- name: exportEmailChanges
select id, email, old_email, requested_at, confirmed_at, undone_at
from email_changes
where user_id = :userId and (requested_at, id) > (:afterTimestamp, :afterId)
order by requested_at, id
limit :limit;

-- name: exportSessions
-- Reads a page of sessions. A session that was ended through the user's row may not be marked as ended yet, so its
-- end is read from the user's row.
select s.id, s.created_at, s.last_used_at, least(s.idle_until, s.absolute_until) as "expires_at!",
  host(s.ip_address) as "ip_address!", s.user_agent,
  host(coalesce(s.last_ip_address, s.ip_address)) as "last_ip_address!",
  coalesce(s.last_user_agent, s.user_agent) as "last_user_agent!",
  coalesce(s.ended_at, case when coalesce(s.kept_at, s.created_at) <= u.sessions_valid_after then u.sessions_valid_after end)
    as "ended_at?",
  coalesce(s.ended_by, case when coalesce(s.kept_at, s.created_at) <= u.sessions_valid_after then u.sessions_ended_by end)
    as "ended_by?"
from sessions s join users u on u.id = s.user_id
where s.user_id = :userId and (s.created_at, s.id) > (:afterTimestamp, :afterId)
order by s.created_at, s.id
limit :limit;

-- name: exportDevices
select network::text as "network!", device, first_seen_at, last_seen_at
from devices
where user_id = :userId
  and (first_seen_at, network, device) > (:afterTimestamp, :afterNetwork::text::cidr, :afterDevice)
order by first_seen_at, network, device
limit :limit;

-- name: exportLoginLogs
select id, user_id, host(ip_address) as "ip_address!", user_agent, timestamp
from login_logs
where user_id = :userId and (timestamp, id) > (:afterTimestamp, :afterId)
order by timestamp, id
limit :limit;

-- name: exportSecurityEvents
-- Reads a page of security events. If an administrator caused an event, its IP address and User-Agent are left out,
-- because they are data of the administrator.
select id, user_id, type, actor_id, timestamp,
  case when actor_id is null or actor_id = user_id then host(ip_address) end as "ip_address?",
  case when actor_id is null or actor_id = user_id then user_agent end as "user_agent?"
from security_events
where user_id = :userId and (timestamp, id) > (:afterTimestamp, :afterId)
order by timestamp, id
limit :limit;

-- name: exportMails
-- Reads a page of the user's mails, and of the mails to the user's email addresses that belong to no existing user.
-- Mails that belong to no existing user are read only from date_joined on, because an email address may have belonged
-- to another user before. Mails that confirm a new email address are left out, because their status would reveal
-- whether another user has that email address. exportEmailChanges reads these requests.
select id, kind, address, status, created_at, sent_at
from mails
where (
    user_id = :userId
    or (
      address = any(:addresses)
      and created_at >= (select date_joined from users where id = :userId)
      and not exists (select from users u where u.id = mails.user_id)
    )
  )
  and kind <> 'confirm_email'
  and (created_at, id) > (:afterTimestamp, :afterId)
order by created_at, id
limit :limit;
