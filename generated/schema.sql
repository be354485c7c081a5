-- Generated from sql/ by npm run generate. Do not edit.
-- A description to read: nothing is created from this file. Comments are those that the database keeps. The months of
-- partitioned tables and the tables of graphile-worker are left out. "service" is the role of the
-- service, if it does not own the tables. Not-null constraints are shown at the columns.

-- Mailed one-time codes. A used activation code stays until it expires, so that its second use can be recognized.
create table codes (
  -- A user, or the future user of a registration.
  user_id uuid not null,
  -- SHA-256 of the code. The code itself is only in the mail.
  hash bytea not null,
  -- activate: a registration. restore: set a password. confirm_email: the new address of a change. undo_email: return
  -- to the old one.
  purpose text not null,
  -- The mail that brought the code. Mail ids are in the order of the requests.
  mail_id uuid not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  -- The change of address that the code confirms or undoes. On an activation code: the user who got the address by
  -- another registration.
  about uuid,
  -- How often the code was presented again after its use. Each time allows one try of the current password.
  repetitions integer not null default 0,
  constraint codes_pkey primary key (user_id, hash),
  constraint codes_hash_check check (octet_length(hash) = 32),
  constraint codes_purpose_check check (purpose in ('activate', 'restore', 'confirm_email', 'undo_email'))
);
create index codes_about on codes (about) where about is not null;
create index codes_expires_at on codes (expires_at);
grant select, insert, update, delete on codes to service;

-- The devices of the sign-ins of a user. A sign-in from a device that is not here is an event.
create table devices (
  user_id uuid not null,
  -- The network of the client: a /24 of IPv4 or a /64 of IPv6.
  network cidr not null,
  -- The User-Agent without its version numbers.
  device text not null,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  constraint devices_pkey primary key (user_id, network, device),
  constraint devices_device_check check (char_length(device) <= 512)
);
grant select, insert, update, delete on devices to service;

-- Changes of address: requested, confirmed at the new address, perhaps undone from the old one.
create table email_changes (
  user_id uuid not null,
  id uuid not null,
  -- The new address, normalized.
  address text not null,
  -- The new address as it was typed.
  email text not null,
  -- The former address, normalized. Null until the change is confirmed.
  old_address text,
  -- The former address as it was typed. Null until the change is confirmed.
  old_email text,
  requested_at timestamptz not null default now(),
  confirmed_at timestamptz,
  undone_at timestamptz,
  -- When the password was recovered at the new address. From then on the owner can end the undo by confirming the
  -- address again.
  recovered_at timestamptz,
  -- When the undo ends early. Null: it ends with the undo code.
  undo_until timestamptz,
  constraint email_changes_pkey primary key (user_id, id),
  constraint email_changes_address_check check (address !~ '[A-Z]' and char_length(address) >= 3 and char_length(address) <= 254),
  constraint email_changes_email_check check (char_length(email) >= 3 and char_length(email) <= 254),
  constraint email_changes_old_address_check check (char_length(old_address) >= 3 and char_length(old_address) <= 254),
  constraint email_changes_old_email_check check (char_length(old_email) >= 3 and char_length(old_email) <= 254)
);
grant select, insert, update, delete on email_changes to service;

-- All addresses, normalized. Only this table makes an address unique. It is separate from users so that both can be
-- distributed.
create table emails (
  address text not null,
  user_id uuid not null,
  -- current: the user signs in with it. held: a former address, to which a change can still be undone. Nobody signs in
  -- with it, and no other user can claim it.
  kind text not null default 'current',
  -- The end of the hold. From then on anybody can claim the address.
  held_until timestamptz,
  constraint emails_pkey primary key (address),
  constraint emails_address_check check (address !~ '[A-Z]' and char_length(address) >= 3 and char_length(address) <= 254),
  -- A held address has an end, a current one has none.
  constraint emails_held_until_if_held check ((held_until is null) = (kind = 'current')),
  constraint emails_kind_check check (kind in ('current', 'held'))
);
create index emails_held_until on emails (held_until) where kind = 'held';
create index emails_user on emails (user_id);
grant select, insert, update, delete on emails to service;

-- Refresh tokens of simplejwt that were exchanged for a session (DJANGO_SIGNING_KEY), or that its blacklist contains.
-- Each one is kept until it expires.
create table exchanged_tokens (
  -- The claim jti of the token.
  jti text not null,
  expires_at timestamptz not null,
  constraint exchanged_tokens_pkey primary key (jti),
  constraint exchanged_tokens_jti_check check (jti ~ '^[!-~]{1,255}$')
);
create index exchanged_tokens_expires_at on exchanged_tokens (expires_at);
grant select, insert, update, delete on exchanged_tokens to service;

-- The Idempotency-Keys of the last 24 hours. The reply is not stored: it is made again from the row and the repeated
-- request.
create table idempotency_keys (
  -- The superuser who sent the key.
  actor_id uuid not null,
  -- A keyed hash of the Idempotency-Key.
  key_hash bytea not null,
  -- A keyed hash of the Idempotency-Key and the body of the request.
  request_hash bytea not null,
  -- The user that the request created, who may have been erased since.
  user_id uuid not null,
  -- When the user was created. The value is the same as in users.date_joined.
  created_at timestamptz not null default now(),
  constraint idempotency_keys_pkey primary key (actor_id, key_hash),
  constraint idempotency_keys_key_hash_length check (octet_length(key_hash) = 32),
  constraint idempotency_keys_request_hash_length check (octet_length(request_hash) = 32)
);
grant select, insert, update, delete on idempotency_keys to service;

-- The ids of imported users in the system that they were imported from. A row outlives an erased user, so that a
-- repeated import does not create the user again.
create table legacy_ids (
  -- The primary key in the former system, as text.
  legacy_id text not null,
  user_id uuid not null,
  constraint legacy_ids_pkey primary key (legacy_id),
  constraint legacy_ids_legacy_id_check check (legacy_id ~ '^[!-~]{1,64}$')
);
create unique index legacy_ids_user on legacy_ids (user_id);
grant select, insert on legacy_ids to service;

-- One row for each successful sign-in, in partitions of a month. make_partitions creates them and
-- drop_oldest_partition drops them, both every hour.
create table login_logs (
  user_id uuid not null,
  timestamp timestamptz not null default now(),
  id uuid not null,
  ip_address inet not null,
  user_agent text not null,
  constraint login_logs_pkey primary key (user_id, timestamp, id),
  constraint login_logs_user_agent_check check (char_length(user_agent) <= 512)
) partition by range (timestamp);
create index login_logs_timestamp on login_logs (timestamp, id);
grant select, insert, delete on login_logs to service;

-- Takes the rows of a month whose partition is missing, so that no sign-in fails.
create table login_logs_default partition of login_logs default;
grant select, delete, update (user_agent) on login_logs_default to service;

-- The outbox: mails that were sent, or wait for the worker. A job of the queue holds nothing but the id of one.
create table mails (
  id uuid not null,
  kind text not null,
  address text not null,
  -- The user or registration that the mail is for. Null: only an address was given.
  user_id uuid,
  -- dropped: the worker decided not to send it, because it has no recipient or the recipient has had too many.
  status text not null default 'queued',
  attempts integer not null default 0,
  last_error text,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  -- The change of address or the session that the mail speaks of.
  about uuid,
  -- A hash of the account or network that caused the mail, until its job has ended. Mails of one cause queue after
  -- those of others.
  cause bigint,
  -- Only for account_deleted: nothing else knows the language of an erased user.
  language text,
  constraint mails_pkey primary key (id),
  constraint mails_address_check check (char_length(address) <= 254),
  constraint mails_kind_check check (kind in ('activation', 'restore', 'password_changed', 'invitation', 'confirm_email', 'email_changed', 'email_change_undone', 'new_device', 'new_devices', 'account_deleted')),
  constraint mails_language_check check (language in ('en', 'ru')),
  constraint mails_last_error_check check (char_length(last_error) <= 1000),
  constraint mails_status_check check (status in ('queued', 'sent', 'failed', 'dropped'))
);
create index mails_address_created_at on mails (address, created_at);
create index mails_cause on mails (cause, created_at) where cause is not null;
create index mails_status on mails (status, created_at, id);
create index mails_user on mails (user_id);
grant select, insert, update, delete on mails to service;

create table migrations (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamptz not null default now(),
  constraint migrations_pkey primary key (number)
);
grant select on migrations to service;

-- Counters of the limits, as rate-limiter-flexible keeps them.
create table rate_limits (
  -- A keyed hash of an address, a network, an account or a session.
  key varchar(255) not null,
  -- What was consumed since the counter began.
  points integer not null default 0,
  -- When the counter ends, in milliseconds since 1970 by the clock of an instance.
  expire bigint,
  constraint rate_limits_pkey primary key (key)
);
create index rate_limits_expire on rate_limits (expire);
grant select, insert, update, delete on rate_limits to service;

-- Sign-ups whose mail was not followed yet. An address may have several: each mailed code activates its own
-- registration, with its own password.
create table registrations (
  -- The id of the future user.
  user_id uuid not null,
  -- The normalized address.
  address text not null,
  -- The address as it was typed.
  email text not null,
  first_name text not null,
  last_name text not null,
  language text not null,
  password_hash bytea not null,
  ip_address inet not null,
  user_agent text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default (now() + '7 days'::interval),
  constraint registrations_pkey primary key (user_id),
  constraint registrations_address_check check (address !~ '[A-Z]' and char_length(address) >= 3 and char_length(address) <= 254),
  constraint registrations_email_check check (char_length(email) >= 3 and char_length(email) <= 254),
  constraint registrations_first_name_check check (char_length(first_name) <= 150),
  constraint registrations_language_check check (language in ('en', 'ru')),
  constraint registrations_last_name_check check (char_length(last_name) <= 150),
  constraint registrations_password_hash_check check (octet_length(password_hash) <= 512),
  constraint registrations_user_agent_check check (char_length(user_agent) <= 512)
);
create index registrations_address on registrations (address, created_at);
grant select, insert, update, delete on registrations to service;

-- What happened to accounts, except successful sign-ins. Partitions as in login_logs. An erasure clears ip_address and
-- user_agent.
create table security_events (
  -- The user concerned. All zeros: there is no such user, as after a sign-in with an unknown address.
  user_id uuid not null,
  timestamp timestamptz not null default now(),
  id uuid not null,
  type text not null,
  -- The administrator who acted. Null: the user, or an operator by a command.
  actor_id uuid,
  ip_address inet,
  user_agent text,
  constraint security_events_pkey primary key (user_id, timestamp, id),
  constraint security_events_type_check check (type ~ '^[a-z_]{1,32}$'),
  constraint security_events_user_agent_check check (char_length(user_agent) <= 512)
) partition by range (timestamp);
create index security_events_actor on security_events (actor_id) where actor_id is not null;
create index security_events_timestamp on security_events (timestamp, id);
create index security_events_type on security_events (type, timestamp, id);
grant select, insert, update (ip_address, user_agent) on security_events to service;

-- Takes the rows of a month whose partition is missing.
create table security_events_default partition of security_events default;
grant select, delete, update (user_agent) on security_events_default to service;

-- A session is a family of refresh tokens. Its row names the current generation of them. It is valid if ended_at is
-- null, neither limit has passed, and it was created or kept after users.sessions_valid_after.
create table sessions (
  user_id uuid not null,
  id uuid not null,
  -- The number of the current refresh token. Each rotation adds one.
  generation integer not null default 1,
  -- When the current generation began, which starts the grace period of the one before.
  began timestamptz not null default now(),
  -- When the generation before began.
  parent_began timestamptz,
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  -- The session expires then unless it is refreshed before.
  idle_until timestamptz not null,
  -- The session expires then even if it is refreshed.
  absolute_until timestamptz not null,
  -- The client that signed in.
  ip_address inet not null,
  user_agent text not null,
  ended_at timestamptz,
  -- The reason: signed_out, revoked, revoked_by_administrator, suspended, password_changed, password_restored,
  -- email_change_undone, session_limit, refresh_reused.
  ended_by text,
  -- When all other sessions of the user ended and this one was kept.
  kept_at timestamptz,
  -- The client that got tokens last, by a rotation or by a retry of it. Null: the one that signed in.
  last_ip_address inet,
  last_user_agent text,
  -- The client that made the last rotation. A retry within the grace period has to come from its network or its
  -- device.
  rotated_ip_address inet,
  rotated_user_agent text,
  -- Retries of the last rotation that came from another network or device.
  grace_retries integer not null default 0,
  -- The network of the last session_network_changed event: a /24 of IPv4 or a /64 of IPv6.
  noted_network cidr,
  -- When that event was recorded.
  network_noted_at timestamptz,
  constraint sessions_pkey primary key (user_id, id),
  constraint sessions_ended_by_check check (char_length(ended_by) <= 32),
  constraint sessions_last_user_agent_check check (char_length(last_user_agent) <= 512),
  constraint sessions_rotated_user_agent_check check (char_length(rotated_user_agent) <= 512),
  constraint sessions_user_agent_check check (char_length(user_agent) <= 512)
) with (fillfactor=80);
create index sessions_open on sessions ((case when ended_at is null then user_id end), coalesce(kept_at, created_at));
grant select, insert, update, delete on sessions to service;

-- One row, which only the owner of the tables can change: months of login_logs and security_events are kept for at
-- least this long.
create table shortest_retention (
  is_only boolean not null default true,
  kept_for interval not null,
  constraint shortest_retention_pkey primary key (is_only),
  constraint shortest_retention_is_only check (is_only),
  constraint shortest_retention_kept_for check (kept_for >= '00:00:00'::interval)
);
grant select on shortest_retention to service;

-- The keys of access tokens. A key is published first, signs from signs_from until the next one does, and is published
-- until retires_at.
create table signing_keys (
  kid text not null,
  -- Encrypted under SECRET_KEY.
  private_key bytea not null,
  -- Names the SECRET_KEY that it is encrypted under, without revealing it.
  secret_id text not null,
  created_at timestamptz not null default now(),
  signs_from timestamptz not null default now(),
  -- Null: no other key has replaced it.
  retires_at timestamptz,
  constraint signing_keys_pkey primary key (kid)
);
grant select, insert, update, delete on signing_keys to service;

-- Email addresses that have no mailbox, according to a mail server. They get no mail for 90 days, unless an operator
-- removes the row.
create table suppressed_addresses (
  -- The normalized address. It need not belong to a user.
  address text not null,
  -- smtp: the mail server refused the recipient. dsn: a delivery status notification (RFC 3464) reported the failure
  -- later.
  source text not null,
  -- The status code, such as 5.1.1 (RFC 3463), or the reply code, such as 550.
  reason text not null,
  -- The text of the reply or of the notification, without email addresses.
  diagnostic text not null,
  -- When the address was suppressed. The row is deleted 90 days later.
  created_at timestamptz not null default now(),
  constraint suppressed_addresses_pkey primary key (address),
  constraint suppressed_addresses_address_check check (address !~ '[A-Z]' and char_length(address) >= 3 and char_length(address) <= 254),
  constraint suppressed_addresses_diagnostic_length check (char_length(diagnostic) <= 500),
  constraint suppressed_addresses_reason_length check (char_length(reason) <= 20),
  constraint suppressed_addresses_source_check check (source in ('smtp', 'dsn'))
);
create index suppressed_addresses_created_at on suppressed_addresses (created_at);
grant select, insert, update, delete on suppressed_addresses to service;

-- People who followed a mail to their address, or whom an administrator created. Other tables refer to users by
-- user_id without a foreign key: an erasure deletes the rows of a user itself, security events outlive their user,
-- registrations and codes name ids that become users later, and tables can be distributed by user_id.
create table users (
  id uuid not null,
  -- The address as it was typed. The normalized one is in emails.
  email text not null,
  first_name text not null default '',
  last_name text not null default '',
  language text not null default 'en',
  -- Null: the user cannot sign in until a mailed code sets a password.
  password_hash bytea,
  is_active boolean not null default true,
  is_superuser boolean not null default false,
  -- False: an administrator created the account, and no password was set by a mailed code yet.
  email_confirmed boolean not null default true,
  date_joined timestamptz not null default now(),
  last_login timestamptz,
  -- Address and names, folded by foldText in src/domain/searchText.ts.
  search_text text not null default '',
  -- Sessions that were created, or kept, at this moment or earlier have ended. Their rows are marked in batches.
  sessions_valid_after timestamptz not null default '-infinity',
  -- The reason why those sessions ended, for rows that are not marked yet.
  sessions_ended_by text,
  constraint users_pkey primary key (id),
  constraint users_email_check check (char_length(email) >= 3 and char_length(email) <= 254),
  constraint users_first_name_check check (char_length(first_name) <= 150),
  constraint users_language_check check (language in ('en', 'ru')),
  constraint users_last_name_check check (char_length(last_name) <= 150),
  constraint users_password_hash_check check (octet_length(password_hash) <= 512),
  constraint users_search_text_check check (char_length(search_text) <= 700),
  constraint users_sessions_ended_by_check check (char_length(sessions_ended_by) <= 32)
);
create index users_date_joined on users (date_joined, id);
create index users_fragments on users using gin (search_fragments(search_text));
create index users_lower_email on users (lower(email collate "C"));
create index users_sessions_valid_after on users (sessions_valid_after) where sessions_valid_after > '-infinity';
create index users_superusers on users (id) where is_superuser;
create index users_suspended on users (id) where not is_active;
grant select, insert, update, delete on users to service;

-- Drops the oldest month that ended before the given moment and before shortest_retention, and returns its name. The
-- service calls it every hour (src/jobs/cleanUp.ts), but cannot shorten the retention.
create function drop_oldest_partition(parent text, before timestamptz)
 returns text
 language plpgsql
 security definer
 set search_path to 'public', 'pg_temp'
as $function$
declare
  partition text;
  kept_from timestamptz := now() - coalesce((select kept_for from shortest_retention), interval '30 days');
begin
  if parent not in ('login_logs', 'security_events') then
    raise exception 'no partitions are dropped of %', parent;
  end if;
  select c.relname into partition from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = to_regclass(parent) and c.relname ~ '_\d{4}_\d\d$'
    and to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= least(before, kept_from) at time zone 'UTC'
  order by c.relname limit 1;
  if partition is not null then
    set local lock_timeout = '1s';
    execute format('drop table if exists %I', partition);
  end if;
  return partition;
end
$function$;

-- A former name of make_partitions, which an earlier release calls.
create function make_login_log_partitions(months_ahead integer)
 returns void
 language sql
 security definer
 set search_path to 'public', 'pg_temp'
as $function$
  select make_partitions('login_logs', months_ahead), make_partitions('security_events', months_ahead)
$function$;

-- Creates the partitions of this month and of the coming months, 12 at most. The service calls it every hour
-- (src/jobs/cleanUp.ts).
create function make_partitions(parent text, months_ahead integer)
 returns void
 language plpgsql
 security definer
 set search_path to 'public', 'pg_temp'
as $function$
declare
  month timestamptz;
  partition text;
begin
  if parent not in ('login_logs', 'security_events') then
    raise exception 'no partitions are made for %', parent;
  end if;
  for ahead in 0..least(greatest(months_ahead, 0), 12) loop
    month := date_trunc('month', now(), 'UTC') + make_interval(months => ahead);
    partition := parent || '_' || to_char(month at time zone 'UTC', 'YYYY_MM');
    continue when to_regclass(partition) is not null;
    -- What is under way may still write to the default partition, and others may make the same one.
    set local lock_timeout = '2s';
    execute format('lock table %I in access exclusive mode', parent || '_default');
    continue when to_regclass(partition) is not null;
    execute format('create table %I (like %I including all)', partition, parent || '_default');
    execute format(
      'with moved as (delete from %I where timestamp >= %L and timestamp < %L returning *) insert into %I select * from moved',
      parent || '_default', month, month + interval '1 month', partition
    );
    execute format(
      'alter table %I attach partition %I for values from (%L) to (%L)', parent, partition, month, month + interval '1 month'
    );
  end loop;
end
$function$;

-- Creates the partitions of the months from a moment until now, so that an import of old rows does not fill the
-- default partition. Only the owner of the tables may call it.
create function make_past_partitions(parent text, since timestamptz)
 returns void
 language plpgsql
as $function$
declare
  month timestamptz := date_trunc('month', since, 'UTC');
  partition text;
begin
  if parent not in ('login_logs', 'security_events') then
    raise exception 'no partitions are made for %', parent;
  end if;
  while month < date_trunc('month', now(), 'UTC') loop
    partition := parent || '_' || to_char(month at time zone 'UTC', 'YYYY_MM');
    if to_regclass(partition) is null then
      set local lock_timeout = '2s';
      execute format('lock table %I in access exclusive mode', parent || '_default');
      execute format('create table %I (like %I including all)', partition, parent || '_default');
      execute format(
        'with moved as (delete from %I where timestamp >= %L and timestamp < %L returning *) insert into %I select * from moved',
        parent || '_default', month, month + interval '1 month', partition
      );
      execute format(
        'alter table %I attach partition %I for values from (%L) to (%L)', parent, partition, month, month + interval '1 month'
      );
    end if;
    month := month + interval '1 month';
  end loop;
end
$function$;

-- The network of an address, for the comparison of clients: a /24 of IPv4 or a /64 of IPv6.
create function network_of(address inet)
 returns cidr
 language sql
 immutable parallel safe
return network(set_masklen(address, case family(address) when 4 then 24 else 64 end));

-- All fragments of three letters, and the last two letters and the last letter. A prefix search therefore finds every
-- fragment of one or two letters.
create function search_fragments(search_text text)
 returns tsvector
 language plpgsql
 immutable strict cost 5000
as $function$
begin
  return array_to_tsvector(array(
    select substr(search_text, start, 3) from generate_series(1, char_length(search_text)) start
  ));
end
$function$;

create collation case_folding (provider = 'b', locale = 'C.UTF-8');

grant execute on function drop_oldest_partition(text,timestamptz) to service;
grant execute on function make_partitions(text,integer) to service;
