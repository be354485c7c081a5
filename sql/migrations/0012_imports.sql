-- What remains of the system from which users were imported. Releases that do not know these tables work as before.

-- The ids that imported users had before. A repeated import finds its users by them.
create table legacy_ids (
  legacy_id text not null,
  user_id uuid not null,
  constraint legacy_ids_pkey primary key (legacy_id),
  constraint legacy_ids_legacy_id_check check (legacy_id ~ '^[!-~]{1,64}$')
);
create unique index legacy_ids_user on legacy_ids (user_id);
comment on table legacy_ids is
  'The ids of imported users in the system that they were imported from. A row outlives an erased user, so that a repeated import does not create the user again.';
comment on column legacy_ids.legacy_id is 'The primary key in the former system, as text.';

-- The refresh tokens of Django that cannot be exchanged, because they were exchanged before or are in its blacklist.
create table exchanged_tokens (
  jti text not null,
  expires_at timestamptz not null,
  constraint exchanged_tokens_pkey primary key (jti),
  constraint exchanged_tokens_jti_check check (jti ~ '^[!-~]{1,255}$')
);
create index exchanged_tokens_expires_at on exchanged_tokens (expires_at);
comment on table exchanged_tokens is
  'Refresh tokens of simplejwt that were exchanged for a session (DJANGO_SIGNING_KEY), or that its blacklist contains. Each one is kept until it expires.';
comment on column exchanged_tokens.jti is 'The claim jti of the token.';

create function make_past_partitions(parent text, since timestamptz) returns void
language plpgsql as $$
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
$$;
revoke execute on function make_past_partitions from public;
comment on function make_past_partitions is
  'Creates the partitions of the months from a moment until now, so that an import of old rows does not fill the default partition. Only the owner of the tables may call it.';
