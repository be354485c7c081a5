-- The counters of the limits need no write-ahead log: each count would wait for the disk. After a crash or a failover of
-- PostgreSQL they are empty and begin again. Requests wait until the table is rewritten, which is small.
set local lock_timeout = '5s';
alter table rate_limits set unlogged;
