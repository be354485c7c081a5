-- name: listLockoutAddresses
-- Reads the IP addresses from which an account was locked in the last day, the latest first: 100 at most, among the
-- latest 10,000 events of the account.
select host(ip_address) as "ip_address!"
from (
  select type, ip_address, timestamp from security_events
  where user_id = :userId and timestamp > now() - interval '1 day'
  order by timestamp desc, id desc
  limit 10000
) as latest
where type = 'account_locked' and ip_address is not null
group by ip_address
order by max(timestamp) desc
limit 100;

-- name: readPoints
-- Reads counters of the limits. A counter counts until its time :now is reached, in milliseconds since 1970.
select key, points, to_timestamp(expire / 1000.0) as "expires_at!" from rate_limits where key = any(:keys) and expire > :now::float8::bigint;

-- name: deletePoints
-- Deletes counters of the limits. The rows are locked in the order of their keys, as when points are counted.
with locked as (select key from rate_limits where key = any(:keys) order by key for update)
delete from rate_limits r using locked where r.key = locked.key returning r.key;
