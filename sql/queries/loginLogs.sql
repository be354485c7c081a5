-- name: insertLoginLog
insert into login_logs (user_id, id, ip_address, user_agent) values (:userId, :id, :ipAddress, :userAgent);

-- name: listLoginLogsOfUserDescending
select id, user_id, host(ip_address) as "ip_address!", user_agent, timestamp
from login_logs
where user_id = :userId and (timestamp, id) < (:cursorTimestamp, :cursorId)
  and timestamp between :after and :before
  and (:ipAddress?::inet is null or ip_address = :ipAddress?::inet)
  and strpos(lower(user_agent collate case_folding), lower(:userAgent::text collate case_folding)) > 0
order by timestamp desc, id desc
limit :limit;

-- name: listLoginLogsOfUserAscending
select id, user_id, host(ip_address) as "ip_address!", user_agent, timestamp
from login_logs
where user_id = :userId and (timestamp, id) > (:cursorTimestamp, :cursorId)
  and timestamp between :after and :before
  and (:ipAddress?::inet is null or ip_address = :ipAddress?::inet)
  and strpos(lower(user_agent collate case_folding), lower(:userAgent::text collate case_folding)) > 0
order by timestamp, id
limit :limit;

-- name: countLoginLogsOfUser
-- Counts one past the cap at the most.
select count(*) as "count!"
from (
  select from login_logs
  where user_id = :userId
    and timestamp between :after and :before
    and (:ipAddress?::inet is null or ip_address = :ipAddress?::inet)
    and strpos(lower(user_agent collate case_folding), lower(:userAgent::text collate case_folding)) > 0
  limit :cap + 1
) as counted;

-- name: listLoginLogsDescending
select id, user_id, host(ip_address) as "ip_address!", user_agent, timestamp
from login_logs
where (timestamp, id) < (:cursorTimestamp, :cursorId)
  and timestamp between :after and :before
  and (:ipAddress?::inet is null or ip_address = :ipAddress?::inet)
  and strpos(lower(user_agent collate case_folding), lower(:userAgent::text collate case_folding)) > 0
order by timestamp desc, id desc
limit :limit;

-- name: listLoginLogsAscending
select id, user_id, host(ip_address) as "ip_address!", user_agent, timestamp
from login_logs
where (timestamp, id) > (:cursorTimestamp, :cursorId)
  and timestamp between :after and :before
  and (:ipAddress?::inet is null or ip_address = :ipAddress?::inet)
  and strpos(lower(user_agent collate case_folding), lower(:userAgent::text collate case_folding)) > 0
order by timestamp, id
limit :limit;

-- name: countLoginLogs
-- Counts one past the cap at the most.
select count(*) as "count!"
from (
  select from login_logs
  where timestamp between :after and :before
    and (:ipAddress?::inet is null or ip_address = :ipAddress?::inet)
    and strpos(lower(user_agent collate case_folding), lower(:userAgent::text collate case_folding)) > 0
  limit :cap + 1
) as counted;
