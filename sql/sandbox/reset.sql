-- Restores the rows that snapshot.sql copied, and the real time, in one transaction.
do $$
declare
  targets text;
  source text;
begin
  select string_agg(format('public.%I', relname), ', ' order by relname) into targets
  from pg_class where relnamespace = 'sandbox'::regnamespace and relkind = 'r';
  delete from graphile_worker._private_jobs;
  execute 'truncate ' || targets;
  for source in select relname from pg_class where relnamespace = 'sandbox'::regnamespace and relkind = 'r' loop
    execute format('insert into public.%1$I table sandbox.%1$I', source);
  end loop;
  perform sandbox.move_clock(0);
end
$$;
