-- name: renewJobLocks
-- Renews the locks of the jobs that a worker runs. This is the heartbeat of the worker.
update graphile_worker._private_jobs set locked_at = now() where locked_by = :worker;

-- name: releaseAbandonedJobs
-- Releases the jobs of workers that have sent no heartbeat for a minute. graphile-worker itself would release them
-- after four hours.
with stale as (
  select array_agg(distinct locked_by) as workers
  from graphile_worker._private_jobs
  where locked_at < now() - interval '1 minute'
)
select cardinality(workers) as "freed!" from stale, lateral graphile_worker.force_unlock_workers(workers)
where workers is not null;
