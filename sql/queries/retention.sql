-- The statements that the job clean_up runs every hour (src/jobs/cleanUp.ts).

-- name: makePartitions
-- Creates the partitions of the coming months. The function is in sql/migrations/0004_hardening.sql.
select make_partitions(:parent, :monthsAhead) is null as "made!";

-- name: dropOldestPartition
-- Drops one partition of a month whose retention has ended. The caller repeats the statement, so that each partition
-- is dropped in a separate transaction. The function is in sql/migrations/0004_hardening.sql.
select drop_oldest_partition(:parent, now() - make_interval(secs => :retention::float8)) as "dropped?";

-- name: findShortestRetention
select extract(epoch from kept_for)::float8 as "seconds!" from shortest_retention;

-- name: deleteStrayLoginLogs
-- Deletes old rows of the default partition, which contains the rows of months that had no partition. Like all
-- statements in this file, it deletes one batch and skips rows that other transactions have locked. The next run
-- deletes the skipped rows.
with due as materialized (
  select user_id, timestamp, id from login_logs_default
  where timestamp < now() - make_interval(secs => :retention::float8)
  limit :batch for update skip locked
)
delete from login_logs_default d using due where d.user_id = due.user_id and d.timestamp = due.timestamp and d.id = due.id;

-- name: deleteStraySecurityEvents
-- Deletes old rows of the default partition, as deleteStrayLoginLogs does.
with due as materialized (
  select user_id, timestamp, id from security_events_default
  where timestamp < now() - make_interval(secs => :retention::float8)
  limit :batch for update skip locked
)
delete from security_events_default d using due where d.user_id = due.user_id and d.timestamp = due.timestamp and d.id = due.id;

-- name: markEndedSessions
-- Marks sessions as ended that users.sessions_valid_after has ended, but that were too many to mark in one statement.
-- The statement reads only users whose sessions were ended in the last 7 days.
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
-- Deletes sessions that ended or expired more than a week ago. For a week the row shows why the session ended.
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
-- Deletes expired registrations with their codes and mails. If neither a user nor another registration has the email
-- address, mails that were requested by email address alone are deleted as well.
with due as materialized (
  select user_id from registrations where expires_at < now() limit :batch for update skip locked
), deleted as (
  delete from registrations r using due where r.user_id = due.user_id
  returning r.user_id, r.address
), deleted_codes as (
  delete from codes c using deleted where c.user_id = deleted.user_id
), deleted_mails as (
  delete from mails m using deleted where m.user_id = deleted.user_id
), deleted_mails_by_address as (
  delete from mails m
  where m.user_id is null and m.address in (
    select address from deleted
    where not exists (select from emails e where e.address = deleted.address)
      and not exists (
        select from registrations r where r.address = deleted.address and r.user_id not in (select user_id from deleted)
      )
  )
)
select user_id from deleted;

-- name: deleteOldMails
-- Deletes sent and failed mails after 30 days and dropped mails after one day. Dropped mails were not sent, and any
-- client can cause as many of them as the limits allow.
with due as materialized (
  select id from mails
  where (status in ('sent', 'failed') and created_at < now() - interval '30 days')
    or (status = 'dropped' and created_at < now() - interval '1 day')
    -- The notice of an erasure is deleted after 23 hours, even if it was not sent. With at most one hour until the
    -- next run, the notice keeps the email address for one day.
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
-- Releases former email addresses after the hold has ended.
with due as materialized (
  select address from emails where kind = 'held' and held_until < now() limit :batch for update skip locked
)
delete from emails e using due where e.address = due.address;

-- name: deleteRetiredKeys
delete from signing_keys where retires_at < now();

-- name: deleteExpiredTokens
-- Deletes refresh tokens of Django one hour after they have expired: the service accepts a token for some seconds after
-- its expiry.
with due as materialized (
  select jti from exchanged_tokens where expires_at < now() - interval '1 hour' limit :batch for update skip locked
)
delete from exchanged_tokens t using due where t.jti = due.jti;

-- name: deleteExpiredIdempotencyKeys
-- Deletes keys one hour after they have expired, so that no key disappears between two statements of a request that
-- uses it.
with due as materialized (
  select actor_id, key_hash from idempotency_keys where created_at < now() - interval '25 hours'
  limit :batch for update skip locked
)
delete from idempotency_keys k using due where k.actor_id = due.actor_id and k.key_hash = due.key_hash;

-- name: deleteOldSuppressions
-- Deletes suppressed addresses after 90 days, so that the next mail shows whether the address has a mailbox now.
with due as materialized (
  select address from suppressed_addresses where created_at < now() - interval '90 days'
  limit :batch for update skip locked
)
delete from suppressed_addresses s using due where s.address = due.address;

-- name: deleteExpiredCounters
-- Deletes counters that expired at least an hour ago. The hour allows for differences between the clocks of the
-- instances, which set the expiry in milliseconds.
with due as materialized (
  select key from rate_limits where expire < (extract(epoch from now()) - 3600) * 1000 limit :batch for update skip locked
)
delete from rate_limits r using due where r.key = due.key;
