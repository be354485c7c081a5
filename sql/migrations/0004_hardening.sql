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
