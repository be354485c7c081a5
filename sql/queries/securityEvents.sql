-- name: insertSecurityEvent
-- Records a security event. The IP address and the User-Agent are stored only if the user and the actor exist. The
-- statement locks the rows of both, so that a later erasure waits for this event and then anonymizes it. If the user or
-- the actor is being erased, the statement does not wait, but treats them as erased (order of locks: sql/README.md).
with present as (
  select id from users
  where id in (:userId, :actorId?) and :ipAddress?::inet is not null
  for key share skip locked
),
erased as (
  select from (values (:userId::uuid), (:actorId?::uuid)) as involved (id)
  where id <> '00000000-0000-0000-0000-000000000000' and id not in (select id from present)
)
insert into security_events (user_id, id, type, actor_id, ip_address, user_agent)
select :userId, :id, :type, :actorId?,
  case when not exists (select from erased) then :ipAddress?::inet end,
  case when not exists (select from erased) then :userAgent? end;

-- name: insertMailEvents
-- Records an event for each mail that an operator has changed. The mail of a pending registration has the id of a user
-- who may never exist, so that its event has no user.
insert into security_events (user_id, id, type)
select coalesce(u.id, '00000000-0000-0000-0000-000000000000'), changed.event_id, :type
from unnest(:mailIds::uuid[], :eventIds::uuid[]) as changed (mail_id, event_id)
join mails m on m.id = changed.mail_id
left join users u on u.id = m.user_id;

-- name: listSecurityEventsOfUser{Descending|Ascending}
-- Applies the filter to a limited number of rows, as listLoginLogsOfUser does. The IP address and the User-Agent of
-- an administrator are hidden before the filters apply, so that a filter cannot reveal them.
select id, user_id, type, actor_id, host(ip_address) as "ip_address?", user_agent, timestamp,
  matches as "matches!", rank = :reach as "is_last_reached!"
from (
  select reached.*,
    (
      (:ipAddress?::inet is null or ip_address = :ipAddress?::inet)
      and strpos(lower(coalesce(user_agent, '') collate case_folding), lower(:userAgent::text collate case_folding)) > 0
      and (:type?::text is null or type = :type?::text)
    ) as matches
  from (
    select id, user_id, type, actor_id, ip_address, user_agent, timestamp,
      row_number() over (order by timestamp {desc|}, id {desc|}) as rank
    from (
      select id, user_id, type, actor_id, timestamp,
        case when actor_id is null or :seesActors then ip_address end as ip_address,
        case when actor_id is null or :seesActors then user_agent end as user_agent
      from security_events
    ) as event
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

-- name: countSecurityEventsOfUser
-- Counts the matching events among the latest :reach events, up to :cap + 1.
select count(*) filter (where rank <= :reach) as "count!", coalesce(bool_or(rank > :reach), false) as "is_partial!"
from (
  select rank
  from (
    select type, ip_address, user_agent, row_number() over (order by timestamp desc, id desc) as rank
    from (
      select id, user_id, type, actor_id, timestamp,
        case when actor_id is null or :seesActors then ip_address end as ip_address,
        case when actor_id is null or :seesActors then user_agent end as user_agent
      from security_events
    ) as event
    where user_id = :userId and timestamp between :after and :before
    order by timestamp desc, id desc
    limit :reach + 1
  ) as reached
  where rank > :reach
    or (
      (:ipAddress?::inet is null or ip_address = :ipAddress?::inet)
        and strpos(lower(coalesce(user_agent, '') collate case_folding), lower(:userAgent::text collate case_folding)) > 0
        and (:type?::text is null or type = :type?::text)
    )
  limit :cap + 1
) as searched;

-- name: listSecurityEventsOfType{Descending|Ascending}
select id, user_id, type, actor_id, host(ip_address) as "ip_address?", user_agent, timestamp,
  matches as "matches!", rank = :reach as "is_last_reached!"
from (
  select reached.*,
    (
      (:ipAddress?::inet is null or ip_address = :ipAddress?::inet)
      and strpos(lower(coalesce(user_agent, '') collate case_folding), lower(:userAgent::text collate case_folding)) > 0
    ) as matches
  from (
    select id, user_id, type, actor_id, ip_address, user_agent, timestamp,
      row_number() over (order by timestamp {desc|}, id {desc|}) as rank
    from security_events
    where type = :type and (timestamp, id) {<|>} (:cursorTimestamp, :cursorId)
      and timestamp >= {:after|greatest(:after::timestamptz, :cursorTimestamp::timestamptz)}
      and timestamp <= {least(:before::timestamptz, :cursorTimestamp::timestamptz)|:before}
    order by timestamp {desc|}, id {desc|}
    limit :reach
  ) as reached
) as searched
where matches or rank = :reach
order by timestamp {desc|}, id {desc|}
limit :limit;

-- name: countSecurityEventsOfType
-- Counts the matching events among the latest :reach events, up to :cap + 1.
select count(*) filter (where rank <= :reach) as "count!", coalesce(bool_or(rank > :reach), false) as "is_partial!"
from (
  select rank
  from (
    select ip_address, user_agent, row_number() over (order by timestamp desc, id desc) as rank
    from security_events
    where type = :type and timestamp between :after and :before
    order by timestamp desc, id desc
    limit :reach + 1
  ) as reached
  where rank > :reach
    or (
      (:ipAddress?::inet is null or ip_address = :ipAddress?::inet)
        and strpos(lower(coalesce(user_agent, '') collate case_folding), lower(:userAgent::text collate case_folding)) > 0
    )
  limit :cap + 1
) as searched;

-- name: listSecurityEvents{Descending|Ascending}
select id, user_id, type, actor_id, host(ip_address) as "ip_address?", user_agent, timestamp,
  matches as "matches!", rank = :reach as "is_last_reached!"
from (
  select reached.*,
    (
      (:ipAddress?::inet is null or ip_address = :ipAddress?::inet)
      and strpos(lower(coalesce(user_agent, '') collate case_folding), lower(:userAgent::text collate case_folding)) > 0
    ) as matches
  from (
    select id, user_id, type, actor_id, ip_address, user_agent, timestamp,
      row_number() over (order by timestamp {desc|}, id {desc|}) as rank
    from security_events
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

-- name: countSecurityEvents
-- Counts the matching events among the latest :reach events, up to :cap + 1.
select count(*) filter (where rank <= :reach) as "count!", coalesce(bool_or(rank > :reach), false) as "is_partial!"
from (
  select rank
  from (
    select ip_address, user_agent, row_number() over (order by timestamp desc, id desc) as rank
    from security_events
    where timestamp between :after and :before
    order by timestamp desc, id desc
    limit :reach + 1
  ) as reached
  where rank > :reach
    or (
      (:ipAddress?::inet is null or ip_address = :ipAddress?::inet)
        and strpos(lower(coalesce(user_agent, '') collate case_folding), lower(:userAgent::text collate case_folding)) > 0
    )
  limit :cap + 1
) as searched;
