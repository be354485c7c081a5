-- The rights of the service's role, if it does not own the tables (security 83). Every run of `migrate` by the owner
-- executes this file last. The setting gatehouse.grant_to is the name of a new role, or ''. A role that already has
-- the rights is recognized by its right to execute make_partitions. A new table needs a line here.

-- These functions run with the rights of their owner. pg_temp comes last in their search path, so that a temporary
-- table of the caller cannot replace a table that they use. Only the service's roles may call them.
do $$
declare
  definer regprocedure;
begin
  for definer in
    select p.oid from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = current_schema() and p.prosecdef
      and p.proname in ('make_partitions', 'make_login_log_partitions', 'drop_oldest_partition')
      and (p.proconfig[1] not like '%, pg_temp' or has_function_privilege('public', p.oid, 'execute'))
  loop
    execute format('alter function %s set search_path = %I, pg_temp', definer, current_schema());
    execute format('revoke execute on function %s from public', definer);
  end loop;
end
$$;

-- Refuses a role that owns the tables, can become their owner, or can create tables. Such a role could give itself
-- any right.
do $$
declare
  service name := nullif(current_setting('gatehouse.grant_to'), '');
  owner oid := (select relowner from pg_class where oid = 'migrations'::regclass);
begin
  if service is null then
    return;
  end if;
  if pg_has_role(service, owner, 'member') then
    raise exception 'The role % is the owner of the tables, or may become it: name one that is neither owner, nor member of it, nor superuser.', service;
  end if;
  if has_schema_privilege(service, current_schema(), 'create') then
    raise exception 'The role % may create tables: revoke create on schema % from it, and from public.', service, current_schema();
  end if;
  execute format('grant execute on function make_partitions(text, integer) to %I', service);
end
$$;

-- The service uses partitions through their parent tables, so it needs no rights for most partitions. The statements
-- of the service name the default partitions and lock rows in them, for which PostgreSQL requires a right to update.
do $$
declare
  service name;
  target regclass;
  rights text;
begin
  for service in
    select r.rolname from pg_proc p, aclexplode(p.proacl) as granted join pg_roles r on r.oid = granted.grantee
    where p.oid = 'make_partitions(text, integer)'::regprocedure and r.oid <> p.proowner
  loop
    execute format('grant usage on schema %I, graphile_worker to %I', current_schema(), service);
    execute format('grant execute on function drop_oldest_partition(text, timestamptz) to %I', service);
    for target, rights in
      select c.oid, needed.rights
      from (values
        ('migrations', 'select'),
        ('shortest_retention', 'select'),
        ('users', 'select, insert, update, delete'),
        ('emails', 'select, insert, update, delete'),
        ('registrations', 'select, insert, update, delete'),
        ('mails', 'select, insert, update, delete'),
        ('codes', 'select, insert, update, delete'),
        ('email_changes', 'select, insert, update, delete'),
        ('sessions', 'select, insert, update, delete'),
        ('devices', 'select, insert, update, delete'),
        ('signing_keys', 'select, insert, update, delete'),
        ('rate_limits', 'select, insert, update, delete'),
        ('idempotency_keys', 'select, insert, update, delete'),
        ('suppressed_addresses', 'select, insert, update, delete'),
        ('legacy_ids', 'select, insert'),
        ('exchanged_tokens', 'select, insert, update, delete'),
        ('login_logs', 'select, insert, delete'),
        ('login_logs_default', 'select, update (user_agent), delete'),
        ('security_events', 'select, insert, update (ip_address, user_agent)'),
        ('security_events_default', 'select, update (user_agent), delete')
      ) as needed (name, rights) join pg_class c on c.oid = to_regclass(needed.name)
      union all
      select c.oid, case c.relname when 'migrations' then 'select' else 'select, insert, update, delete' end
      from pg_class c
      where c.relnamespace = 'graphile_worker'::regnamespace and c.relkind = 'r'
    loop
      execute format('grant %s on %s to %I', rights, target, service);
    end loop;
    -- graphile-worker enables row level security and defines no policies.
    for target in
      select c.oid from pg_class c
      where c.relnamespace = 'graphile_worker'::regnamespace and c.relrowsecurity
        and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = service)
    loop
      execute format('create policy %I on %s to %I using (true)', service, target, service);
    end loop;
  end loop;
end
$$;
