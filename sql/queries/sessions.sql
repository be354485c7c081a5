-- name: claimSignIn
-- Refuses when the password or the account changed since the password was verified.
update users set last_login = now()
where id = :userId and is_active and password_hash = :verifiedHash
returning id, email;

-- name: insertSession
insert into sessions (user_id, id, idle_until, absolute_until, ip_address, user_agent)
values (
  :userId, :id,
  now() + make_interval(secs => least(:idleLifetime::float8, :absoluteLifetime::float8)),
  now() + make_interval(secs => :absoluteLifetime::float8),
  :ipAddress, :userAgent
)
returning user_id, id, generation,
  floor(extract(epoch from now()))::integer as "issued_at!", floor(extract(epoch from idle_until))::integer as "idle_until!";

-- name: rotateSession
-- One update: whoever loses the race waits, sees the winner's generation, and gets the same successor.
-- Times are rounded down: an iat in the future, be it by half a second, is refused by others who verify.
update sessions
set generation = case when generation = :generation then :generation + 1 else generation end,
    parent_began = case when generation = :generation then began else parent_began end,
    began = case when generation = :generation then now() else began end,
    last_used_at = now(),
    idle_until = least(now() + make_interval(secs => :idleLifetime::float8), absolute_until)
where user_id = :userId and id = :sessionId
  and exists (select from users u where u.id = :userId and u.is_active)
  and ended_at is null and now() < least(idle_until, absolute_until)
  and (generation = :generation or (generation = :generation + 1 and began > now() - make_interval(secs => :grace)))
returning user_id, id, generation,
  floor(extract(epoch from now()))::integer as "issued_at!", floor(extract(epoch from idle_until))::integer as "idle_until!";

-- name: endReusedSession
-- An older generation, outside every grace: somebody else holds this token. A grandparent within the grace is a slow tab, not reuse.
update sessions
set ended_at = now(), ended_by = 'refresh_reused'
where user_id = :userId and id = :sessionId and ended_at is null and now() < least(idle_until, absolute_until)
  and (
    (generation = :generation + 1 and began <= now() - make_interval(secs => :grace))
    or (generation = :generation + 2 and parent_began <= now() - make_interval(secs => :grace))
    or generation > :generation + 2
  )
returning user_id, id;

-- name: endSession
update sessions set ended_at = now(), ended_by = :endedBy
where user_id = :userId and id = :sessionId and ended_at is null
returning id;

-- name: findPrincipal
-- Everything an authenticated request needs to know of its user and session.
select u.id, u.email, u.first_name, u.last_name, u.language, u.is_active, u.is_superuser, u.date_joined, u.last_login,
  coalesce(s.ended_at is null and now() < least(s.idle_until, s.absolute_until), false) as "session_live!"
from users u left join sessions s on s.user_id = u.id and s.id = :sessionId
where u.id = :userId;

-- name: findLiveGeneration
-- Whether a refresh token would be answered now.
select s.generation from sessions s join users u on u.id = s.user_id
where s.user_id = :userId and s.id = :sessionId and u.is_active
  and s.ended_at is null and now() < least(s.idle_until, s.absolute_until)
  and (s.generation = :generation or (s.generation = :generation + 1 and s.began > now() - make_interval(secs => :grace)));

-- name: findSession
select host(ip_address) as "ip_address!", user_agent, created_at from sessions where user_id = :userId and id = :sessionId;

-- name: listSessionsDescending
select id, created_at as timestamp, last_used_at, least(idle_until, absolute_until) as "expires_at!",
  host(ip_address) as "ip_address!", user_agent
from sessions
where user_id = :userId and (created_at, id) < (:cursorTimestamp, :cursorId)
  and ended_at is null and now() < least(idle_until, absolute_until)
order by created_at desc, id desc
limit :limit;

-- name: listSessionsAscending
select id, created_at as timestamp, last_used_at, least(idle_until, absolute_until) as "expires_at!",
  host(ip_address) as "ip_address!", user_agent
from sessions
where user_id = :userId and (created_at, id) > (:cursorTimestamp, :cursorId)
  and ended_at is null and now() < least(idle_until, absolute_until)
order by created_at, id
limit :limit;

-- name: countSessions
-- Counts one past the cap at the most.
select count(*) as "count!"
from (
  select from sessions
  where user_id = :userId and ended_at is null and now() < least(idle_until, absolute_until)
  limit :cap + 1
) as counted;

-- name: endLiveSession
update sessions set ended_at = now(), ended_by = :endedBy
where user_id = :userId and id = :sessionId and ended_at is null and now() < least(idle_until, absolute_until)
returning id;

-- name: endSessionsExcept
-- Ends expired ones too: a refresh that read the clock a moment earlier may still be on its way to one. Counts the live ones.
with ended as (
  update sessions set ended_at = now(), ended_by = :endedBy
  where user_id = :userId and id is distinct from :keptId? and ended_at is null
  returning now() < least(idle_until, absolute_until) as live
)
select count(*) filter (where live) as "live!" from ended;
