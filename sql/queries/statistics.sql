-- name: countSignIns
-- Counts successful sign-ins, failed sign-ins and lockouts in the latest :intervals intervals of :hours hours, up to
-- :cap + 1 each. The last interval is the current hour or day. The order makes PostgreSQL use the indexes.
select start as "start!", sign_ins.count as "sign_ins!", failed.count as "failed_sign_ins!", locked.count as "lockouts!"
from generate_series(:intervals::integer - 1, 0, -1) as ago,
  lateral (select date_trunc(:unit, now(), 'UTC') - make_interval(hours => ago * :hours::integer) as start) as at,
  lateral (select start + make_interval(hours => :hours::integer) as next) as until,
  lateral (
    select count(*)::integer
    from (
      select from login_logs where timestamp >= start and timestamp < next order by timestamp, id limit :cap + 1
    ) as counted
  ) as sign_ins,
  lateral (
    select count(*)::integer
    from (
      select from security_events
      where type = 'sign_in_failed' and timestamp >= start and timestamp < next
      order by timestamp, id limit :cap + 1
    ) as counted
  ) as failed,
  lateral (
    select count(*)::integer
    from (
      select from security_events
      where type = 'account_locked' and timestamp >= start and timestamp < next
      order by timestamp, id limit :cap + 1
    ) as counted
  ) as locked
order by start;
