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
