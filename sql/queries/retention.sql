-- name: makePartitions
select make_partitions(:parent, :monthsAhead) is null as "made!";

-- name: dropOldestPartition
-- One of the months that were over before the retention began; each goes in a transaction of its own.
select drop_oldest_partition(:parent, now() - make_interval(secs => :retention::float8)) as "dropped?";

-- name: findShortestRetention
select extract(epoch from kept_for)::float8 as "seconds!" from shortest_retention;

-- name: deleteStrayLoginLogs
-- Old rows that found no partition of their month. Like all of these: one batch, and what is at work is left for the next time.
with due as materialized (
  select user_id, timestamp, id from login_logs_default
  where timestamp < now() - make_interval(secs => :retention::float8)
  limit :batch for update skip locked
)
delete from login_logs_default d using due where d.user_id = due.user_id and d.timestamp = due.timestamp and d.id = due.id;

-- name: deleteStraySecurityEvents
with due as materialized (
  select user_id, timestamp, id from security_events_default
  where timestamp < now() - make_interval(secs => :retention::float8)
  limit :batch for update skip locked
)
delete from security_events_default d using due where d.user_id = due.user_id and d.timestamp = due.timestamp and d.id = due.id;

-- name: markEndedSessions
-- Those that their user's row has ended, and that were too many to be marked at once. After a week they are expired anyway.
with due as materialized (
  select s.user_id, s.id, u.sessions_valid_after, u.sessions_ended_by
  from users u join sessions s on case when s.ended_at is null then s.user_id end = u.id
  where u.sessions_valid_after > now() - interval '7 days'
    and coalesce(s.kept_at, s.created_at) <= u.sessions_valid_after
  limit :batch for update of s skip locked
)
update sessions s set ended_at = due.sessions_valid_after, ended_by = due.sessions_ended_by
from due where s.user_id = due.user_id and s.id = due.id;

-- name: deleteOldSessions
-- For a week after its end a session still says how it ended.
with due as materialized (
  select user_id, id from sessions
  where ended_at < now() - interval '7 days' or least(idle_until, absolute_until) < now() - interval '7 days'
  limit :batch for update skip locked
)
delete from sessions s using due where s.user_id = due.user_id and s.id = due.id;

-- name: deleteExpiredCodes
with due as materialized (
  select user_id, hash from codes where expires_at < now() limit :batch for update skip locked
)
delete from codes c using due where c.user_id = due.user_id and c.hash = due.hash;

-- name: deleteExpiredRegistrations
-- With all that is left of somebody who never confirmed: codes, and mails, those that were asked for by address included
-- when nobody else has it.
with due as materialized (
  select user_id from registrations where expires_at < now() limit :batch for update skip locked
), gone as (
  delete from registrations r using due where r.user_id = due.user_id
  returning r.user_id, r.address
), gone_codes as (
  delete from codes c using gone where c.user_id = gone.user_id
), gone_mails as (
  delete from mails m using gone where m.user_id = gone.user_id
), gone_mails_by_address as (
  delete from mails m
  where m.user_id is null and m.address in (
    select address from gone
    where not exists (select from emails e where e.address = gone.address)
      and not exists (
        select from registrations r where r.address = gone.address and r.user_id not in (select user_id from gone)
      )
  )
)
select user_id from gone;

-- name: deleteOldMails
-- A dropped mail reached no recipient, and any client can cause as many as the limits allow: it stays for a day only.
with due as materialized (
  select id from mails
  where (status in ('sent', 'failed') and created_at < now() - interval '30 days')
    or (status = 'dropped' and created_at < now() - interval '1 day')
    -- The notice of an erasure, sent or not: with the hour until the next run it knows the address for a day at most.
    or (kind = 'account_deleted' and created_at < now() - interval '23 hours')
  limit :batch for update skip locked
)
delete from mails m using due where m.id = due.id;

-- name: deleteOldDevices
with due as materialized (
  select user_id, network, device from devices
  where last_seen_at < now() - make_interval(secs => :retention::float8)
  limit :batch for update skip locked
)
delete from devices d using due where d.user_id = due.user_id and d.network = due.network and d.device = due.device;

-- name: deleteOldEmailChanges
with due as materialized (
  select user_id, id from email_changes e
  where requested_at < now() - interval '30 days'
    and not exists (select from codes c where c.user_id = e.user_id and c.about = e.id)
  limit :batch for update skip locked
)
delete from email_changes e using due where e.user_id = due.user_id and e.id = due.id;

-- name: releaseHeldAddresses
-- The time in which the change could be undone is over.
with due as materialized (
  select address from emails where kind = 'held' and held_until < now() limit :batch for update skip locked
)
delete from emails e using due where e.address = due.address;

-- name: deleteRetiredKeys
delete from signing_keys where retires_at < now();

-- name: deleteExpiredCounters
-- The counters' times are milliseconds by the clocks of the instances: an hour is left for their differences.
with due as materialized (
  select key from rate_limits where expire < (extract(epoch from now()) - 3600) * 1000 limit :batch for update skip locked
)
delete from rate_limits r using due where r.key = due.key;
