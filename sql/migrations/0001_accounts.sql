-- Whoever has followed a mail to their address, or was created by an administrator.
create table users (
  id uuid primary key,
  email text not null check (char_length(email) between 3 and 254),
  first_name text not null default '' check (char_length(first_name) <= 150),
  last_name text not null default '' check (char_length(last_name) <= 150),
  language text not null default 'en' check (language in ('en', 'ru')),
  password_hash bytea check (octet_length(password_hash) <= 512),
  is_active boolean not null default true,
  is_superuser boolean not null default false,
  email_confirmed boolean not null default true,
  date_joined timestamptz not null default now(),
  last_login timestamptz
);

-- The one place where an address is unique; it stays apart from users so that both can be distributed.
create table emails (
  address text primary key check (address !~ '[A-Z]' and char_length(address) between 3 and 254),
  user_id uuid not null
);

create index emails_user on emails (user_id);

-- Registrations wait apart: each mailed code activates its own registration, with its own password. user_id is the id to be.
create table registrations (
  user_id uuid primary key,
  address text not null check (address !~ '[A-Z]' and char_length(address) between 3 and 254),
  email text not null check (char_length(email) between 3 and 254),
  first_name text not null check (char_length(first_name) <= 150),
  last_name text not null check (char_length(last_name) <= 150),
  language text not null check (language in ('en', 'ru')),
  password_hash bytea not null check (octet_length(password_hash) <= 512),
  ip_address inet not null,
  user_agent text not null check (char_length(user_agent) <= 512),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '7 days'
);

create index registrations_address on registrations (address, created_at);

-- What was mailed, or waits to be; the job queue holds ids only.
create table mails (
  id uuid primary key,
  kind text not null check (kind in ('activation', 'restore', 'password_changed')),
  address text not null check (char_length(address) <= 254),
  user_id uuid,
  status text not null default 'queued' check (status in ('queued', 'sent', 'failed', 'dropped')),
  attempts integer not null default 0,
  last_error text check (char_length(last_error) <= 1000),
  created_at timestamptz not null default now(),
  sent_at timestamptz
);

-- Mailed one-time codes, hashed. Used activation codes stay until they expire, for "already active".
create table codes (
  user_id uuid not null,
  hash bytea not null check (octet_length(hash) = 32),
  purpose text not null check (purpose in ('activate', 'restore')),
  mail_id uuid not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (user_id, hash)
);

-- A session is a family of refresh tokens: the row keeps which generation is current and when it and its parent began.
create table sessions (
  user_id uuid not null,
  id uuid not null,
  generation integer not null default 1,
  began timestamptz not null default now(),
  parent_began timestamptz,
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  idle_until timestamptz not null,
  absolute_until timestamptz not null,
  ip_address inet not null,
  user_agent text not null check (char_length(user_agent) <= 512),
  ended_at timestamptz,
  ended_by text check (char_length(ended_by) <= 32),
  primary key (user_id, id)
) with (fillfactor = 80);

create table signing_keys (
  kid text primary key,
  private_key bytea not null,
  secret_id text not null,
  created_at timestamptz not null default now()
);

-- One row for each successful sign-in and for nothing else.
create table login_logs (
  user_id uuid not null,
  timestamp timestamptz not null default now(),
  id uuid not null,
  ip_address inet not null,
  user_agent text not null check (char_length(user_agent) <= 512),
  primary key (user_id, timestamp, id)
) partition by range (timestamp);

create index login_logs_timestamp on login_logs (timestamp, id);

-- Takes the rows of a month whose partition is missing, so that a sign-in never fails.
create table login_logs_default partition of login_logs default;

create function make_login_log_partitions(months_ahead integer) returns void
language plpgsql security definer set search_path from current as $$
declare
  month timestamptz;
  partition text;
begin
  for ahead in 0..months_ahead loop
    month := date_trunc('month', now(), 'UTC') + make_interval(months => ahead);
    partition := 'login_logs_' || to_char(month at time zone 'UTC', 'YYYY_MM');
    continue when to_regclass(partition) is not null;
    -- A sign-in that is under way may still write to the default partition.
    set local lock_timeout = '5s';
    lock table login_logs_default in access exclusive mode;
    execute format('create table %I (like login_logs including all)', partition);
    execute format(
      'with moved as (delete from login_logs_default where timestamp >= %L and timestamp < %L returning *) insert into %I select * from moved',
      month, month + interval '1 month', partition
    );
    execute format(
      'alter table login_logs attach partition %I for values from (%L) to (%L)', partition, month, month + interval '1 month'
    );
  end loop;
end
$$;
