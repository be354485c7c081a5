-- The metrics count the mails that wait and that failed. Most mails are neither, so the index stays small.
create index mails_unsent on mails (status, created_at) where status in ('queued', 'failed');
