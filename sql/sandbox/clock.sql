-- A clock that can be moved forward. now() and clock_timestamp() of the schema public shadow those of pg_catalog,
-- because pg_catalog comes after public in the search path. The two functions exist before the migrations run, so the
-- column defaults of the tables call them, too. move_clock writes the seconds into the bodies of the two functions.
-- PostgreSQL inlines these bodies.
create schema sandbox;

create function sandbox.move_clock(ahead float8) returns void language plpgsql as $$
begin
  execute format(
    'create or replace function public.now() returns timestamptz language sql stable parallel safe '
    'return pg_catalog.now() + make_interval(secs => %L::float8)', ahead);
  execute format(
    'create or replace function public.clock_timestamp() returns timestamptz language sql volatile parallel safe '
    'return pg_catalog.clock_timestamp() + make_interval(secs => %L::float8)', ahead);
end
$$;

select sandbox.move_clock(0);

do $$
begin
  execute format('alter database %I set search_path = public, pg_catalog', current_database());
end
$$;
