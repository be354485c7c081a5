-- The indexes by which superusers search for users. Releases that do not know this migration find the same users, but
-- read every user for each search, and sort the users of a page by email address.

-- An index blocks writes to users while it is built. Sign-ins must not wait for a backup that reads the table as well.
set local lock_timeout = '5s';

-- The trigrams of pg_trgm find no fragment of one or two letters and none without letters. PostgreSQL then read every
-- user. The cost keeps PostgreSQL from calling the function for each row of a search. The function is not marked as
-- parallel safe, because to start parallel workers takes longer than most searches. PL/pgSQL keeps the plan of its
-- statement, which halves the time of a call.
create function search_fragments(search_text text) returns tsvector
language plpgsql immutable strict cost 5000 as $$
begin
  return array_to_tsvector(array(
    select substr(search_text, start, 3) from generate_series(1, char_length(search_text)) start
  ));
end
$$;
comment on function search_fragments is
  'All fragments of three letters, and the last two letters and the last letter. A prefix search therefore finds every fragment of one or two letters.';
create index users_fragments on users using gin (search_fragments(search_text));
drop index users_search;

-- No two users have the same email address, so the order by email address does not need the id.
create index users_lower_email on users (lower(email collate "C"));
drop index users_email;
