-- Copies the rows of every table, so that reset.sql can restore them.
do $$
declare
  source text;
begin
  for source in
    select relname from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
      and relname not in ('migrations', 'signing_keys', 'shortest_retention')
  loop
    execute format('create table sandbox.%1$I as table public.%1$I', source);
  end loop;
end
$$;
