-- The statements of gatehouse export. Times are UTC text without an offset. PostgreSQL answers a subquery with a limit
-- by an index lookup for each row. A join could read the whole other table for each batch, while its statistics are
-- old.

-- columns: exportedUser
u.id as "id!", u.email as "email!", u.first_name as "first_name!", u.last_name as "last_name!",
u.password_hash as "password_hash?", u.is_active as "is_active!", u.is_superuser as "is_superuser!",
(u.date_joined at time zone 'UTC')::text as "date_joined!",
(u.last_login at time zone 'UTC')::text as "last_login?";

-- name: countExports
-- Counts the users, and the records of the login log that were not imported. Imported ids are of version 5.
select
  (select count(*) from users) as "users!",
  (select count(*) from users u where not exists (select from legacy_ids l where l.user_id = u.id)) as "created!",
  (select count(*) from login_logs where substr(id::text, 15, 1) <> '5') as "logs!";

-- name: listLinkedUsers
-- Returns users with a legacy id, in the order of their ids.
select {exportedUser}, l.legacy_id as "legacy_id!"
from users u cross join lateral (select legacy_id from legacy_ids where user_id = u.id limit 1) l
where u.id > :after
order by u.id
limit :limit;

-- name: findLinkedUsers
-- Returns the users with these legacy ids. A legacy id that is known without a user belongs to an erased user.
select {exportedUser}, l.legacy_id as "legacy_id!"
from legacy_ids l join users u on u.id = l.user_id
where l.legacy_id = any(:legacyIds::text[]);

-- name: listUnlinkedUsers
-- Returns users without a legacy id, in the order of their ids.
select {exportedUser}
from users u
where u.id > :after and (select l.user_id from legacy_ids l where l.user_id = u.id limit 1) is null
order by u.id
limit :limit;

-- name: listErasedLegacyIds
-- Returns the legacy ids of erased users.
select l.legacy_id
from legacy_ids l
where l.legacy_id > :after and (select u.id from users u where u.id = l.user_id limit 1) is null
order by l.legacy_id
limit :limit;

-- name: listNewLoginLogs
-- Returns records of the login log that were not imported, with all records of the last moment. So a batch never ends
-- between records of the same moment.
select g.id, l.legacy_id as "legacy_id?", host(g.ip_address) as "ip_address!", g.user_agent,
  (g.timestamp at time zone 'UTC')::text as "timestamp!"
from login_logs g left join lateral (select legacy_id from legacy_ids where user_id = g.user_id limit 1) l on true
where g.timestamp > :after::text::timestamptz and substr(g.id::text, 15, 1) <> '5'
order by g.timestamp
fetch first (:limit::bigint) rows with ties;
