/**
 * PostgreSQL settings for a server whose data does not have to survive a crash. With these settings the server writes
 * less, runs fewer processes and starts faster.
 */
export const throwAwayParameters = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum: 'off',
  io_method: 'sync',
}
