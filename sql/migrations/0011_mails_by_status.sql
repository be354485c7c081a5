-- Superusers list mails, of all statuses or of one. The statement reads a part of this index for each status
-- (sql/queries/mails.sql), and the metrics count by it. With an index by time, PostgreSQL would read every mail to find
-- the few that failed.
set local lock_timeout = '5s';
create index mails_status on mails (status, created_at, id);
drop index mails_unsent, mails_created_at;
