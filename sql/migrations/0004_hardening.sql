-- Sessions: one row ends all of a user's, and a session shows who refreshed it last.

-- The end of all sessions of a user is one update of the user's row, however many there are: a session is valid if it
-- was created later, or kept later.
alter table users add column sessions_valid_after timestamptz not null default '-infinity';
alter table users add column sessions_ended_by text check (char_length(sessions_ended_by) <= 32);
comment on column users.sessions_valid_after is 'Sessions created, or kept, at this moment or earlier have ended; their rows are marked in batches.';
comment on column users.sessions_ended_by is 'Why they ended, for the rows that are not marked yet.';
create index users_sessions_valid_after on users (sessions_valid_after) where sessions_valid_after > '-infinity';

alter table sessions add column kept_at timestamptz;
comment on column sessions.kept_at is 'When all other sessions of the user ended and this one was kept.';
-- For the statements about all open sessions of a user, which name this expression. On user_id itself PostgreSQL would, as long
-- as it has no statistics, take this index for one session too, and read all of the user's.
create index sessions_open on sessions ((case when ended_at is null then user_id end), coalesce(kept_at, created_at));

-- Null: the client that signed in, or one that an earlier release did not note.
alter table sessions add column last_ip_address inet;
alter table sessions add column last_user_agent text check (char_length(last_user_agent) <= 512);
alter table sessions add column rotated_ip_address inet;
alter table sessions add column rotated_user_agent text check (char_length(rotated_user_agent) <= 512);
alter table sessions add column grace_retries integer not null default 0;
alter table sessions add column noted_network cidr;
alter table sessions add column network_noted_at timestamptz;
comment on column sessions.last_ip_address is 'The client that got tokens last, by a rotation or a retry of it.';
comment on column sessions.rotated_ip_address is 'The client that made the last rotation: a retry within the grace period has to come from its network or device.';
comment on column sessions.grace_retries is 'Retries of the last rotation that came from another network or device.';
comment on column sessions.noted_network is 'The network of the last session_network_changed event.';

-- What counts as one network where devices and sessions are compared: a /24 of IPv4, a /64 of IPv6.
create function network_of(address inet) returns cidr language sql immutable parallel safe
return network(set_masklen(address, case family(address) when 4 then 24 else 64 end));

-- The functions that make and drop partitions as the owner bound their arguments: the service's role may call them (security 99).
create table shortest_retention (
  is_only boolean primary key default true constraint shortest_retention_is_only check (is_only),
  kept_for interval not null constraint shortest_retention_kept_for check (kept_for >= interval '0')
);
comment on table shortest_retention is
  'One row, which the owner alone may change: months of the login log and of the security events are kept at least this long';
insert into shortest_retention (kept_for) values ('30 days');

-- Makes the partitions of this month and of the coming months, 12 at most.
create or replace function make_partitions(parent text, months_ahead integer) returns void
language plpgsql security definer set search_path from current as $$
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
$$;

-- Drops the oldest month that ended before the moment and before the shortest retention began, and returns its name: an attacker who
-- controls the service must not be able to remove the traces. Other writers wait behind the drop, for two locks at most.
create or replace function drop_oldest_partition(parent text, before timestamptz) returns text
language plpgsql security definer set search_path from current as $$
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
$$;

-- Mails: a summary of further sign-ins from new devices, and what makes the queue fair.
alter table mails add column cause bigint;
comment on column mails.cause is
  'A hash of the account or network that caused the mail, until its job has ended: its later mails queue behind those of others.';
create index mails_cause on mails (cause, created_at) where cause is not null;

-- The log filters fold case by a collation of their own, not by the locale of the database: every letter on PostgreSQL 17
-- and later and where it has ICU, the letters of ASCII elsewhere.
do $$
begin
  if exists (select from pg_collation where collname = 'pg_c_utf8') then
    create collation case_folding from pg_catalog.pg_c_utf8;
  elsif exists (select from pg_collation where collname = 'und-x-icu') then
    create collation case_folding from pg_catalog."und-x-icu";
  else
    create collation case_folding from pg_catalog."C";
  end if;
end
$$;

-- Recovery and undo.

-- An activation code that was mailed because of a request by address alone would activate a password that its recipient
-- may not have chosen (security 89). Recovery codes take their place.
delete from codes
where purpose = 'activate' and used_at is null
  and mail_id in (select id from mails where kind in ('activation', 'restore') and user_id is null);

-- How often a used recovery code was presented again: each time allows one try of the current password.
alter table codes add column repetitions integer not null default 0;
comment on column codes.about is
  'The change of address that the code is for; for an activation code the user who got the address by another registration.';
create index codes_about on codes (about) where about is not null;

-- Confirmed changes of address that were followed by a recovery at the new address, and until when they can be undone.
alter table email_changes add column recovered_at timestamptz;
alter table email_changes add column undo_until timestamptz;
comment on column email_changes.undo_until is 'Null: as long as the undo code lives.';

-- The notice of an erasure: nothing but the mail knows the language of its recipient.
alter table mails add column language text check (language in ('en', 'ru'));
alter table mails drop constraint mails_kind_check;
alter table mails add constraint mails_kind_check check (
  kind in (
    'activation', 'restore', 'password_changed', 'invitation', 'confirm_email', 'email_changed', 'email_change_undone',
    'new_device', 'new_devices', 'account_deleted'
  )
);
