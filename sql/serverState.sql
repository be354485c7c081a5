-- 'on' on a standby server, and for a role or a database that may only read.
show transaction_read_only;
