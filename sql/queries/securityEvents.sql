-- name: insertSecurityEvent
-- Address and device are kept of those only who are there. The lock makes an erasure wait for this event, and take them
-- from it; an erasure that is under way is not waited for: its user counts as gone.
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
