-- name: insertLoginLog
insert into login_logs (user_id, id, ip_address, user_agent) values (:userId, :id, :ipAddress, :userAgent);

-- name: listLoginLogsOfUser{Descending|Ascending}
-- Applies the filter to the next :reach rows only. The result contains the last of these rows even if that row does
-- not match, because the next page begins after it.
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
      and timestamp between :after and :before
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
      and timestamp between :after and :before
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
