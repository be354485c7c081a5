-- name: claimSignIn
-- Records the time of the sign-in and locks the user's row. Returns no row if the user was suspended or the password
-- was changed since it was verified.
update users set last_login = now()
where id = :userId and is_active and password_hash = :verifiedHash
returning id, email;

-- name: lockLegacyUser
-- Locks the user of a refresh token of Django. Returns no row if the user was not imported or is suspended, or if all
-- sessions of the user were ended since the token was issued.
select u.id, u.email from users u
where u.id = (select l.user_id from legacy_ids l where l.legacy_id = :legacyId) and u.is_active
  and u.sessions_valid_after < to_timestamp(:issuedAt::float8)
for no key update;

-- name: claimDjangoToken
-- Claims a refresh token of Django. Returns no row if the token was claimed before. Of two simultaneous claims, the
-- second waits for the first.
insert into exchanged_tokens (jti, expires_at) values (:jti, to_timestamp(:expiresAt::float8))
on conflict do nothing
returning jti;

-- name: insertSession
-- Creates a session. The sign-in holds the lock of the user's row. A transaction that ends all sessions may wait for
-- this lock, and then ends the new session, too. If that transaction committed before the sign-in acquired the lock,
-- the new session is later than users.sessions_valid_after and stays.
insert into sessions (
  user_id, id, created_at, idle_until, absolute_until, ip_address, user_agent, last_ip_address, last_user_agent
)
select
  u.id, :id, greatest(now(), u.sessions_valid_after + interval '1 microsecond'),
  now() + make_interval(secs => least(:idleLifetime::float8, :absoluteLifetime::float8)),
  now() + make_interval(secs => :absoluteLifetime::float8),
  :ipAddress, :userAgent, :ipAddress, :userAgent
from users u
where u.id = :userId
returning user_id, id, generation,
  floor(extract(epoch from now()))::integer as "issued_at!", floor(extract(epoch from idle_until))::integer as "idle_until!";

-- name: endSessionsBeyondLimit
-- Ends the oldest active sessions, so that at most :others remain in addition to the given session. It marks at most one
-- batch of them as ended. If there are more, it sets users.sessions_valid_after, which ends all older sessions of the
-- user, and the clean-up marks their rows later. The statement reads the latest 10,001 sessions only, which limits its
-- work.
with beyond as (
  select id, valid_from
  from (
    select s.id, coalesce(s.kept_at, s.created_at) as valid_from, least(s.idle_until, s.absolute_until) as expires_at
    from sessions s
    where case when s.ended_at is null then s.user_id end = :userId
      and coalesce(s.kept_at, s.created_at) > (select u.sessions_valid_after from users u where u.id = :userId)
    order by coalesce(s.kept_at, s.created_at) desc
    limit 10001
  ) as latest
  where id <> :sessionId and now() < expires_at
  order by valid_from desc
  offset :others
  limit :batch
),
ended as (
  update sessions s set ended_at = now(), ended_by = 'session_limit'
  from beyond
  where s.user_id = :userId and s.id = beyond.id and s.ended_at is null
)
update users
set sessions_valid_after = (select min(valid_from) from beyond), sessions_ended_by = 'session_limit'
where id = :userId and (select count(*) from beyond) = :batch
returning id;

-- name: rotateSession
-- Rotates the refresh token in one update. Of two simultaneous requests, the second waits for the first, sees the new
-- generation, and gets the same successor. A retry within the grace period is accepted from the network and the
-- User-Agent of the rotation. If only one of the two is the same, at most :maxRetries retries are accepted. Times are
-- rounded down, because some verifiers of access tokens refuse an `iat` in the future.
update sessions
set generation = case when generation = :generation then :generation + 1 else generation end,
    parent_began = case when generation = :generation then began else parent_began end,
    began = case when generation = :generation then now() else began end,
    rotated_ip_address = case when generation = :generation then :ipAddress else rotated_ip_address end,
    rotated_user_agent = case when generation = :generation then :userAgent else rotated_user_agent end,
    grace_retries = case
      when generation = :generation then 0
      when network_of(rotated_ip_address) = network_of(:ipAddress) and rotated_user_agent = :userAgent then grace_retries
      else grace_retries + 1
    end,
    last_ip_address = :ipAddress,
    last_user_agent = :userAgent,
    last_used_at = now(),
    idle_until = least(now() + make_interval(secs => :idleLifetime::float8), absolute_until)
where user_id = :userId and id = :sessionId
  and exists (
    select from users u
    where u.id = :userId and u.is_active and coalesce(sessions.kept_at, sessions.created_at) > u.sessions_valid_after
  )
  and ended_at is null and now() < least(idle_until, absolute_until)
  and (
    generation = :generation
    or (
      generation = :generation + 1 and began > now() - make_interval(secs => :grace)
      and case
        when rotated_ip_address is null then true -- rotated by an earlier release
        when network_of(rotated_ip_address) = network_of(:ipAddress)
          then rotated_user_agent = :userAgent or grace_retries < :maxRetries
        else rotated_user_agent = :userAgent and :userAgent <> '' and grace_retries < :maxRetries
      end
    )
  )
returning user_id, id, generation,
  floor(extract(epoch from now()))::integer as "issued_at!", floor(extract(epoch from idle_until))::integer as "idle_until!",
  network_of(:ipAddress) <> coalesce(noted_network, network_of(ip_address))
    and coalesce(network_noted_at < now() - interval '1 hour', true) as "network_changed!";

-- name: saveSessionNetwork
-- Records a change of network at most once an hour per session, so that a client that often changes networks does not
-- flood the log. The statement repeats the condition of rotateSession, so that only one of several simultaneous
-- refreshes records the change.
update sessions set noted_network = network_of(:ipAddress), network_noted_at = now()
where user_id = :userId and id = :sessionId
  and network_of(:ipAddress) <> coalesce(noted_network, network_of(ip_address))
  and coalesce(network_noted_at < now() - interval '1 hour', true)
returning id;

-- name: endReusedSession
-- Ends the session if a client presents an older generation after its grace period. Within the grace period, ends it if
-- that client shares neither network nor User-Agent with the client that made the last rotation. In both cases another
-- party has the token. A slow browser tab can present a token that has been replaced twice. Within its grace period,
-- this token does not end the session.
update sessions
set ended_at = now(), ended_by = 'refresh_reused'
where user_id = :userId and id = :sessionId and ended_at is null and now() < least(idle_until, absolute_until)
  and exists (
    select from users u
    where u.id = :userId and coalesce(sessions.kept_at, sessions.created_at) > u.sessions_valid_after
  )
  and (
    (
      generation > :generation and network_of(rotated_ip_address) <> network_of(:ipAddress)
      and (rotated_user_agent <> :userAgent or :userAgent = '')
    )
    or (generation = :generation + 1 and began <= now() - make_interval(secs => :grace))
    or (generation = :generation + 2 and parent_began <= now() - make_interval(secs => :grace))
    or generation > :generation + 2
  )
returning user_id, id;

-- name: endSession
update sessions set ended_at = now(), ended_by = :endedBy
where user_id = :userId and id = :sessionId and ended_at is null
  and not exists (
    select from users u
    where u.id = :userId and coalesce(sessions.kept_at, sessions.created_at) <= u.sessions_valid_after
  )
returning id;

-- name: findPrincipals
-- Returns the users of access tokens, and whether their sessions are active. One statement serves several requests:
-- "ordinal" is the position of a row's ids in the arrays, from 1.
-- The subselects hide the lengths of the arrays: otherwise PostgreSQL would plan each execution again for a short array.
select {userColumns}, requested.ordinal as "ordinal!",
  exists (
    select from sessions s
    where s.user_id = users.id and s.id = requested.session_id and s.ended_at is null
      and coalesce(s.kept_at, s.created_at) > users.sessions_valid_after and now() < least(s.idle_until, s.absolute_until)
  ) as "session_live!"
from unnest((select :userIds::uuid[]), (select :sessionIds::uuid[])) with ordinality as requested (user_id, session_id, ordinal)
join users on users.id = requested.user_id;

-- name: lockActor
-- Locks the superuser who acts, so that the superuser is not demoted, suspended or deleted before the transaction
-- ends. Returns no row if the user is no longer an active superuser or if the session has ended (order of locks:
-- sql/README.md).
select u.id from users u join sessions s on s.user_id = u.id
where u.id = :actorId and u.is_active and u.is_superuser
  and s.id = :sessionId and s.ended_at is null
  and coalesce(s.kept_at, s.created_at) > u.sessions_valid_after and now() < least(s.idle_until, s.absolute_until)
for share of u;

-- name: lockSignedInUser
-- Locks the user's row until the end of the transaction. Returns no row if the user was suspended or if the session
-- has ended.
select {userColumns}
from users
where id = :userId and is_active
  and exists (
    select from sessions s
    where s.user_id = users.id and s.id = :sessionId and s.ended_at is null
      and coalesce(s.kept_at, s.created_at) > users.sessions_valid_after and now() < least(s.idle_until, s.absolute_until)
  )
for no key update;

-- name: findLiveGeneration
-- Returns a row if the refresh token of the given generation would be accepted now from the client that holds it.
select s.generation from sessions s join users u on u.id = s.user_id
where s.user_id = :userId and s.id = :sessionId and u.is_active
  and s.ended_at is null and coalesce(s.kept_at, s.created_at) > u.sessions_valid_after
  and now() < least(s.idle_until, s.absolute_until)
  and (s.generation = :generation or (s.generation = :generation + 1 and s.began > now() - make_interval(secs => :grace)));

-- name: findSession
select host(ip_address) as "ip_address!", user_agent, created_at from sessions where user_id = :userId and id = :sessionId;

-- name: listSessions{Descending|Ascending}
-- Reads the latest 10,001 sessions, which is more than MAX_SESSIONS may allow. users.sessions_valid_after is read by
-- a subselect and not by a join, so that PostgreSQL uses it as a bound of the index and reads no earlier sessions.
select id, created_at as timestamp, last_used_at, least(idle_until, absolute_until) as "expires_at!",
  host(ip_address) as "ip_address!", user_agent,
  host(coalesce(last_ip_address, ip_address)) as "last_ip_address!", coalesce(last_user_agent, user_agent) as "last_user_agent!"
from (
  select s.* from sessions s
  where case when s.ended_at is null then s.user_id end = :userId
    and coalesce(s.kept_at, s.created_at) > (select u.sessions_valid_after from users u where u.id = :userId)
  order by coalesce(s.kept_at, s.created_at) desc
  limit 10001
) as latest
where (created_at, id) {<|>} (:cursorTimestamp, :cursorId) and now() < least(idle_until, absolute_until)
order by created_at {desc|}, id {desc|}
limit :limit;

-- name: countSessions
-- Counts the active sessions among the latest 10,001 sessions.
select count(*) as "count!"
from (
  select s.idle_until, s.absolute_until from sessions s
  where case when s.ended_at is null then s.user_id end = :userId
    and coalesce(s.kept_at, s.created_at) > (select u.sessions_valid_after from users u where u.id = :userId)
  order by coalesce(s.kept_at, s.created_at) desc
  limit 10001
) as latest
where now() < least(idle_until, absolute_until);

-- name: endLiveSession
update sessions set ended_at = now(), ended_by = :endedBy
where user_id = :userId and id = :sessionId and ended_at is null and now() < least(idle_until, absolute_until)
  and exists (
    select from users u
    where u.id = :userId and coalesce(sessions.kept_at, sessions.created_at) > u.sessions_valid_after
  )
returning id;

-- name: endSessionsExcept
-- Ends all sessions of a user except :keptId. Returns how many active sessions ended; the count covers 10,000 sessions.
-- The caller must have locked the user's row, so that no sign-in is in progress. The new users.sessions_valid_after
-- ends all sessions, however many there are. One batch is marked as ended at once, and the hourly job marks the rest.
-- Expired sessions are ended as well, because a refresh that read the clock a moment earlier may still be about to
-- update one of them. sessions_valid_after is set later than every session, even if the clock was set back.
with former as (
  select sessions_valid_after as valid_after from users where id = :userId
),
counted as (
  select s.id, now() < least(s.idle_until, s.absolute_until) as live, row_number() over () as rank
  from sessions s
  where case when s.ended_at is null then s.user_id end = :userId and s.id is distinct from :keptId?
    and coalesce(s.kept_at, s.created_at) > (select valid_after from former)
  limit 10000
),
revocation as (
  update users
  set sessions_valid_after = greatest(
        clock_timestamp(),
        sessions_valid_after + interval '1 millisecond',
        (
          select coalesce(s.kept_at, s.created_at) from sessions s
          where case when s.ended_at is null then s.user_id end = :userId
          order by coalesce(s.kept_at, s.created_at) desc limit 1
        )
      ),
      sessions_ended_by = :endedBy
  where id = :userId
  returning sessions_valid_after
),
kept as (
  update sessions s set kept_at = revocation.sessions_valid_after + interval '1 microsecond'
  from revocation, former
  where s.user_id = :userId and s.id = :keptId?
    and s.ended_at is null and coalesce(s.kept_at, s.created_at) > former.valid_after
),
marked as (
  update sessions s set ended_at = now(), ended_by = :endedBy
  from counted
  where s.user_id = :userId and s.id = counted.id and counted.rank <= :batch and s.ended_at is null
  returning now() < least(s.idle_until, s.absolute_until) as live
)
select (select count(*) from marked where live) + (select count(*) from counted where live and rank > :batch) as "live!";

-- name: readUserClaims
select email, language, is_superuser,
  (select l.legacy_id from legacy_ids l where l.user_id = id) as "legacy_id?"
from users
where id = :userId;
