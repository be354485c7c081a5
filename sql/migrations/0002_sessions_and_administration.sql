create extension if not exists pg_trgm;

-- Address and names as the service folds them (src/domain/users.ts); lower() alone knows no more than the locale does.
alter table users add column search_text text not null default '' check (char_length(search_text) <= 700);

update users set search_text = left(
  replace(translate(lower(normalize(concat_ws(' ', email, first_name, last_name), nfkc)), 'ς', 'σ'), U&'i\0307', 'i'), 700
);

create index users_search on users using gin (search_text gin_trgm_ops);
create index users_date_joined on users (date_joined, id);
-- In the order of code points, which is the same in every database and has a last text.
create index users_email on users (lower(email collate "C"), id);
create index users_superusers on users (id) where is_superuser;
create index users_suspended on users (id) where not is_active;

-- A former address is held after a change, for its undoing: nobody signs in with it, nobody else can take it.
alter table emails add column kind text not null default 'current' check (kind in ('current', 'held'));
alter table emails add column held_until timestamptz check ((held_until is null) = (kind = 'current'));
create index emails_held_until on emails (held_until) where kind = 'held';

-- Changes of address: asked for, confirmed at the new address, perhaps undone from the old one.
create table email_changes (
  user_id uuid not null,
  id uuid not null,
  address text not null check (address !~ '[A-Z]' and char_length(address) between 3 and 254),
  email text not null check (char_length(email) between 3 and 254),
  old_address text check (char_length(old_address) between 3 and 254),
  old_email text check (char_length(old_email) between 3 and 254),
  requested_at timestamptz not null default now(),
  confirmed_at timestamptz,
  undone_at timestamptz,
  primary key (user_id, id)
);

-- What a code or a mail is about: a change of address, or a session.
alter table codes add column about uuid;
alter table codes drop constraint codes_purpose_check;
alter table codes add constraint codes_purpose_check
  check (purpose in ('activate', 'restore', 'confirm_email', 'undo_email'));
create index codes_expires_at on codes (expires_at);

alter table mails add column about uuid;
alter table mails drop constraint mails_kind_check;
alter table mails add constraint mails_kind_check check (
  kind in ('activation', 'restore', 'password_changed', 'invitation', 'confirm_email', 'email_changed', 'new_device')
);
create index mails_user on mails (user_id);
create index mails_address on mails (address);
create index mails_created_at on mails (created_at);

-- From where an account was signed in to: what is not here is a new device.
create table devices (
  user_id uuid not null,
  network cidr not null,
  device text not null check (char_length(device) <= 512),
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  primary key (user_id, network, device)
);

-- What happened to accounts beside successful sign-ins. user_id is all zeros where there is no such user.
-- actor_id is the administrator who did it. Erasure empties ip_address and user_agent.
create table security_events (
  user_id uuid not null,
  timestamp timestamptz not null default now(),
  id uuid not null,
  type text not null check (type ~ '^[a-z_]{1,32}$'),
  actor_id uuid,
  ip_address inet,
  user_agent text check (char_length(user_agent) <= 512),
  primary key (user_id, timestamp, id)
) partition by range (timestamp);

create index security_events_timestamp on security_events (timestamp, id);
create index security_events_type on security_events (type, timestamp, id);
create index security_events_actor on security_events (actor_id) where actor_id is not null;

create table security_events_default partition of security_events default;

-- A key is published first, signs from signs_from on until the next one does, and is published until retires_at.
alter table signing_keys add column signs_from timestamptz not null default now();
alter table signing_keys add column retires_at timestamptz;

create function make_partitions(parent text, months_ahead integer) returns void
language plpgsql security definer set search_path from current as $$
declare
  month timestamptz;
  partition text;
begin
  if parent not in ('login_logs', 'security_events') then
    raise exception 'no partitions are made for %', parent;
  end if;
  for ahead in 0..months_ahead loop
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

-- An earlier release asks for its partitions by this name.
create or replace function make_login_log_partitions(months_ahead integer) returns void
language sql security definer set search_path from current as $$
  select make_partitions('login_logs', months_ahead), make_partitions('security_events', months_ahead)
$$;

-- Drops the oldest month that ended before the moment, and says which. What writes waits behind the drop, for two locks at most.
create function drop_oldest_partition(parent text, before timestamptz) returns text
language plpgsql security definer set search_path from current as $$
declare
  partition text;
begin
  if parent not in ('login_logs', 'security_events') then
    raise exception 'no partitions are dropped of %', parent;
  end if;
  select c.relname into partition from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = to_regclass(parent) and c.relname ~ '_\d{4}_\d\d$'
    and to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= before at time zone 'UTC'
  order by c.relname limit 1;
  if partition is not null then
    set local lock_timeout = '1s';
    execute format('drop table if exists %I', partition);
  end if;
  return partition;
end
$$;
