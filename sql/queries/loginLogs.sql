-- name: insertLoginLog
insert into login_logs (user_id, id, ip_address, user_agent) values (:userId, :id, :ipAddress, :userAgent);

-- name: listLoginLogsOfUser{Descending|Ascending}
-- Applies the filter to the next :reach rows only. The result contains the last of these rows even if that row does
-- not match, because the next page begins after it. The cursor also limits the period, because PostgreSQL leaves out
-- partitions by a period only, and would otherwise skip all rows between the end of the period and the cursor.
select id, user_id, host(ip_address) as "ip_address!", user_agent, timestamp,
  matches as "matches!", rank = :reach as "is_last_reached!"
from (
  select reached.*,
    (
      (:ipAddress?::inet is null or ip_address = :ipAddress?::inet)
      and strpos(lower(user_agent collate case_folding), lower(:userAgent::text collate case_folding)) > 0
    ) as matches
  from (
    select id, user_id, ip_address, user_agent, timestamp,
      row_number() over (order by timestamp {desc|}, id {desc|}) as rank
    from login_logs
    where user_id = :userId and (timestamp, id) {<|>} (:cursorTimestamp, :cursorId)
      and timestamp >= {:after|greatest(:after::timestamptz, :cursorTimestamp::timestamptz)}
      and timestamp <= {least(:before::timestamptz, :cursorTimestamp::timestamptz)|:before}
    order by timestamp {desc|}, id {desc|}
    limit :reach
  ) as reached
) as searched
where matches or rank = :reach
order by timestamp {desc|}, id {desc|}
limit :limit;

-- name: countLoginLogsOfUser
-- Counts the matching rows among the latest :reach rows, up to :cap + 1.
select count(*) filter (where rank <= :reach) as "count!", coalesce(bool_or(rank > :reach), false) as "is_partial!"
from (
  select rank
  from (
    select ip_address, user_agent, row_number() over (order by timestamp desc, id desc) as rank
    from login_logs
    where user_id = :userId and timestamp between :after and :before
    order by timestamp desc, id desc
    limit :reach + 1
  ) as reached
  where rank > :reach
    or (
      (:ipAddress?::inet is null or ip_address = :ipAddress?::inet)
        and strpos(lower(user_agent collate case_folding), lower(:userAgent::text collate case_folding)) > 0
    )
  limit :cap + 1
) as searched;

-- name: countAllLoginLogsOfUser
-- Counts the rows of a period, up to :cap + 1. The index has all columns that this needs. The order makes PostgreSQL
-- use it.
select count(*) as "count!"
from (
  select from login_logs
  where user_id = :userId and timestamp between :after and :before
  order by timestamp desc, id desc
  limit :cap + 1
) as counted;

-- name: listLoginLogs{Descending|Ascending}
select id, user_id, host(ip_address) as "ip_address!", user_agent, timestamp,
  matches as "matches!", rank = :reach as "is_last_reached!"
from (
  select reached.*,
    (
      (:ipAddress?::inet is null or ip_address = :ipAddress?::inet)
      and strpos(lower(user_agent collate case_folding), lower(:userAgent::text collate case_folding)) > 0
    ) as matches
  from (
    select id, user_id, ip_address, user_agent, timestamp,
      row_number() over (order by timestamp {desc|}, id {desc|}) as rank
    from login_logs
    where (timestamp, id) {<|>} (:cursorTimestamp, :cursorId)
      and timestamp >= {:after|greatest(:after::timestamptz, :cursorTimestamp::timestamptz)}
      and timestamp <= {least(:before::timestamptz, :cursorTimestamp::timestamptz)|:before}
    order by timestamp {desc|}, id {desc|}
    limit :reach
  ) as reached
) as searched
where matches or rank = :reach
order by timestamp {desc|}, id {desc|}
limit :limit;

-- name: countLoginLogs
-- Counts the matching rows among the latest :reach rows, up to :cap + 1.
select count(*) filter (where rank <= :reach) as "count!", coalesce(bool_or(rank > :reach), false) as "is_partial!"
from (
  select rank
  from (
    select ip_address, user_agent, row_number() over (order by timestamp desc, id desc) as rank
    from login_logs
    where timestamp between :after and :before
    order by timestamp desc, id desc
    limit :reach + 1
  ) as reached
  where rank > :reach
    or (
      (:ipAddress?::inet is null or ip_address = :ipAddress?::inet)
        and strpos(lower(user_agent collate case_folding), lower(:userAgent::text collate case_folding)) > 0
    )
  limit :cap + 1
) as searched;

-- name: countAllLoginLogs
-- Counts the rows of a period, up to :cap + 1, as countAllLoginLogsOfUser does.
select count(*) as "count!"
from (
  select from login_logs
  where timestamp between :after and :before
  order by timestamp desc, id desc
  limit :cap + 1
) as counted;
