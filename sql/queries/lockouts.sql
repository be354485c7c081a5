-- name: listLockoutAddresses
-- Reads the IP addresses from which an account was locked in the last day, the latest first: :limit at most, among the
-- latest 10,000 events of the account. If there are none, it returns a row without an address.
with latest as materialized (
  select type, ip_address, timestamp from security_events
  where user_id = :userId and timestamp > now() - interval '1 day'
  order by timestamp desc, id desc
  limit 10000
)
select host(locked.ip_address) as "ip_address?", searched.is_partial as "is_partial!"
from (select count(*) = 10000 as is_partial from latest) as searched
left join (
  select ip_address, max(timestamp) as locked_at from latest
  where type = 'account_locked' and ip_address is not null
  group by ip_address
  order by locked_at desc
  limit :limit
) as locked on true
order by locked.locked_at desc;

-- name: listLockedAddresses
-- Reads the users who were locked in the last day, and from which IP addresses, the latest first: :limit pairs at most,
-- among the latest 10,000 lockouts.
with latest as materialized (
  select user_id, ip_address, timestamp from security_events
  where type = 'account_locked' and timestamp > now() - interval '1 day'
  order by timestamp desc, id desc
  limit 10000
),
locked as materialized (
  select user_id, ip_address, max(timestamp) as locked_at from latest
  where ip_address is not null
  group by user_id, ip_address
  order by locked_at desc
  limit :limit
)
select users.id, users.email, host(locked.ip_address) as "ip_address!",
  (select count(*) = 10000 from latest) or (select count(*) = :limit from locked) as "is_partial!"
from locked join users on users.id = locked.user_id
order by locked.locked_at desc;

-- name: readPoints
-- Reads counters of the limits. A counter is in use while its expiry is later than :now, in milliseconds since 1970.
select key, points, to_timestamp(expire / 1000.0) as "expires_at!" from rate_limits where key = any(:keys) and expire > :now::float8::bigint;

-- name: deletePoints
-- Deletes counters of the limits. The rows are locked in the order of their keys, as when points are counted.
with locked as (select key from rate_limits where key = any(:keys) order by key for update)
delete from rate_limits r using locked where r.key = locked.key returning r.key;
