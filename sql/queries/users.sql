-- columns: userColumns
-- The columns of a user that every reader of the user needs.
id as "id!", email as "email!", first_name as "first_name!", last_name as "last_name!", language as "language!",
  is_active as "is_active!", is_superuser as "is_superuser!", email_confirmed as "email_confirmed!",
  date_joined as "date_joined!", last_login;

-- columns: adminColumns
-- Only superusers read these columns. Statements of every request leave them out, because they read three more tables.
-- Without `offset 0`, PostgreSQL may read every row of emails and suppressed_addresses into a hash table, instead of
-- looking up each returned user by an index.
exists (
  select from emails e join suppressed_addresses s on s.address = e.address
  where e.user_id = id and e.kind = 'current'
  offset 0
) as "email_suppressed!",
  (select l.legacy_id from legacy_ids l where l.user_id = id) as "legacy_id?";

-- name: findUser
select {userColumns}, {adminColumns}
from users
where id = :userId;

-- name: insertUser
insert into users (
  id, email, first_name, last_name, language, search_text, password_hash, is_active, is_superuser, email_confirmed
)
values (
  :userId, :email, :first_name, :last_name, :language, :searchText, :passwordHash?, :is_active, :is_superuser, :email_confirmed
)
returning {userColumns}, {adminColumns};

-- name: lockUser
-- Locks a user's row until the end of the transaction. Sign-ins of the user wait for the lock (order of locks:
-- sql/README.md).
select {userColumns}, {adminColumns}
from users
where id = :userId
for no key update;

-- name: changeUser
update users
set first_name = :first_name,
    last_name = :last_name,
    language = :language,
    is_active = :is_active,
    is_superuser = :is_superuser,
    search_text = :searchText
where id = :userId
returning {userColumns}, {adminColumns};

-- name: scanUsersByDate{Descending|Ascending}
-- Reads at most :reach users in the order of the index on date_joined, and returns those that match the filters.
select {userColumns}, {adminColumns}
from (
  select users.*, date_joined as sort_value from users
  where (date_joined, id) {<|>} (:cursorValue, :cursorId)
  order by sort_value {desc|}, id {desc|}
  limit :reach
) as reached
where (:isActive?::boolean is null or is_active = :isActive?::boolean)
  and (:isSuperuser?::boolean is null or is_superuser = :isSuperuser?::boolean)
  and search_text like :pattern
order by sort_value {desc|}, id {desc|}
limit :limit;

-- name: scanUsersByEmail{Descending|Ascending}
-- Needs no id for the order, because no two users have the same email address.
select {userColumns}, {adminColumns}
from (
  select users.*, lower(email collate "C") as sort_value from users
  where lower(email collate "C") {<|>} lower(:cursorValue::text collate "C")
  order by sort_value {desc|}
  limit :reach
) as reached
where (:isActive?::boolean is null or is_active = :isActive?::boolean)
  and (:isSuperuser?::boolean is null or is_superuser = :isSuperuser?::boolean)
  and search_text like :pattern
order by sort_value {desc|}
limit :limit;

-- name: searchUsersByDate{Descending|Ascending}
-- Finds all matching users by the index that :source names, and sorts them. The source 'all' is for filters that most
-- users match.
with found as materialized (
  select * from users where :source = 'address' and id = :userId
  union all
  select * from users where :source = 'superusers' and is_superuser
  union all
  select * from users where :source = 'suspended' and not is_active
  union all
  select * from users where :source = 'fragments' and search_fragments(search_text) @@ :fragments::text::tsquery
  union all
  select * from users where :source = 'all'
)
select {userColumns}, {adminColumns}
from found
where (date_joined, id) {<|>} (:cursorValue, :cursorId)
  and (:isActive?::boolean is null or is_active = :isActive?::boolean)
  and (:isSuperuser?::boolean is null or is_superuser = :isSuperuser?::boolean)
  and search_text like :pattern
order by date_joined {desc|}, id {desc|}
limit :limit;

-- name: searchUsersByEmail{Descending|Ascending}
with found as materialized (
  select * from users where :source = 'address' and id = :userId
  union all
  select * from users where :source = 'superusers' and is_superuser
  union all
  select * from users where :source = 'suspended' and not is_active
  union all
  select * from users where :source = 'fragments' and search_fragments(search_text) @@ :fragments::text::tsquery
  union all
  select * from users where :source = 'all'
)
select {userColumns}, {adminColumns}
from found
where lower(email collate "C") {<|>} lower(:cursorValue::text collate "C")
  and (:isActive?::boolean is null or is_active = :isActive?::boolean)
  and (:isSuperuser?::boolean is null or is_superuser = :isSuperuser?::boolean)
  and search_text like :pattern
order by lower(email collate "C") {desc|}
limit :limit;

-- name: countUsers
-- Counts the matching users, up to :cap + 1. searchUsersByDate explains :source. The index would return all matches of
-- a frequent fragment. Therefore the statement first reads a sample, about 640 kB of the table. If more than an eighth of
-- these users match, the count soon reaches its cap without the index.
with sample as materialized (
  select count(*) filter (where search_text like :pattern) * 8 > count(*) as is_frequent
  from users tablesample system (100 * 640000.0 / greatest(pg_relation_size('users'), 640000))
),
found as materialized (
  select is_active, is_superuser, search_text from users where :source = 'address' and id = :userId
  union all
  select is_active, is_superuser, search_text from users where :source = 'superusers' and is_superuser
  union all
  select is_active, is_superuser, search_text from users where :source = 'suspended' and not is_active
  union all
  select is_active, is_superuser, search_text from users
  where :source = 'fragments' and not (select is_frequent from sample)
    and search_fragments(search_text) @@ :fragments::text::tsquery
  union all
  select is_active, is_superuser, search_text from users
  where (:source = 'all' or :source = 'fragments' and (select is_frequent from sample)) and search_text like :pattern
)
select count(*) as "count!"
from (
  select from found
  where (:isActive?::boolean is null or is_active = :isActive?::boolean)
    and (:isSuperuser?::boolean is null or is_superuser = :isSuperuser?::boolean)
    and search_text like :pattern
  limit :cap + 1
) as counted;

-- name: findUserIdByLegacyId
select user_id from legacy_ids where legacy_id = :legacyId;
