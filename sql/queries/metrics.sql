-- name: measureOutbox
-- Counts the mails that wait and that failed, and returns the seconds for which the oldest mail has waited.
select
  count(*) filter (where status = 'queued') as "queued!",
  count(*) filter (where status = 'failed') as "failed!",
  coalesce(extract(epoch from now() - min(created_at) filter (where status = 'queued')), 0)::float8 as "oldest_age!"
from mails
where status in ('queued', 'failed');
