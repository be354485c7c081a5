-- The statements of gatehouse import. Each one handles a batch of rows as JSON.

-- name: findImportedUsers
-- Returns which legacy ids are known. A known id without a user belongs to an erased user.
select l.legacy_id, l.user_id, exists (select from users u where u.id = l.user_id) as "exists!"
from legacy_ids l
where l.legacy_id = any(:legacyIds::text[]);

-- name: findTakenAddresses
-- Returns the addresses of users, and the former addresses that are held for them.
select address, user_id, exists (select from legacy_ids l where l.user_id = emails.user_id) as "is_imported!"
from emails
where address = any(:addresses::text[]) and (kind = 'current' or held_until > now());

-- name: importUsers
-- Creates users with their email addresses and legacy ids, and deletes pending registrations of these addresses.
-- Returns the created users. If it returns fewer than were given, an address or a legacy id was taken in the meantime,
-- and the caller rolls the transaction back.
with given as (
  select * from jsonb_to_recordset(:users::jsonb) as u (
    id uuid, legacy_id text, address text, email text, first_name text, last_name text, language text, search_text text,
    password_hash text, is_active boolean, is_superuser boolean, email_confirmed boolean, date_joined timestamptz,
    last_login timestamptz
  )
),
known as (
  insert into legacy_ids (legacy_id, user_id) select legacy_id, id from given
  on conflict do nothing
  returning user_id
),
addressed as (
  insert into emails (address, user_id)
  select address, id from given where id in (select user_id from known) order by address
  on conflict (address) do update set user_id = excluded.user_id, kind = 'current', held_until = null
  where emails.kind = 'held' and emails.held_until < now()
  returning user_id
),
voided as (
  delete from registrations where address in (select address from given)
)
insert into users (
  id, email, first_name, last_name, language, search_text, password_hash, is_active, is_superuser, email_confirmed,
  date_joined, last_login
)
select id, email, first_name, last_name, language, search_text, decode(password_hash, 'base64'), is_active, is_superuser,
  email_confirmed, coalesce(date_joined, now()), last_login
from given
where id in (select user_id from addressed)
returning id, is_superuser;

-- name: linkUsers
-- Records the legacy ids of users who already have an account.
insert into legacy_ids (legacy_id, user_id)
select legacy_id, user_id from jsonb_to_recordset(:links::jsonb) as l (legacy_id text, user_id uuid)
on conflict do nothing
returning legacy_id;

-- name: importLoginLogs
-- Inserts the rows of imported users. The ids are made from the keys of the rows, so that a repeated import inserts
-- nothing. Nor does it insert the records that gatehouse export has written. "known" counts the rows whose users exist.
with given as (
  select l.user_id, r.timestamp, r.id, r.ip_address, r.user_agent
  from jsonb_to_recordset(:rows::jsonb) as r (
    legacy_id text, id uuid, timestamp timestamptz, ip_address inet, user_agent text
  )
  join legacy_ids l on l.legacy_id = r.legacy_id
  join users u on u.id = l.user_id
),
inserted as (
  insert into login_logs (user_id, timestamp, id, ip_address, user_agent)
  select user_id, timestamp, id, ip_address, user_agent from given
  where not exists (
    select from login_logs l
    where l.user_id = given.user_id and l.timestamp = given.timestamp and l.ip_address = given.ip_address
      and l.user_agent = given.user_agent
  )
  on conflict do nothing
  returning id
)
select (select count(*) from given) as "known!", (select count(*) from inserted) as "inserted!";

-- name: makePastPartitions
select make_past_partitions('login_logs', now() - make_interval(secs => :seconds::float8)) is null as "made!";

-- name: importBlacklist
-- Records refresh tokens that Django does not accept any more, so that the service does not exchange them either.
insert into exchanged_tokens (jti, expires_at)
select jti, expires_at from jsonb_to_recordset(:tokens::jsonb) as t (jti text, expires_at timestamptz)
where expires_at > now()
on conflict do nothing
returning jti;
