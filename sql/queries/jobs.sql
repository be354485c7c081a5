-- name: keepJobs
-- The heartbeat of a living worker, on the jobs that it holds.
update graphile_worker._private_jobs set locked_at = now() where locked_by = :worker;

-- name: freeJobs
-- Jobs of workers without a heartbeat; graphile-worker itself would wait four hours.
with dead as (
  select array_agg(distinct locked_by) as workers
  from graphile_worker._private_jobs
  where locked_at < now() - interval '1 minute'
)
select cardinality(workers) as "freed!" from dead, lateral graphile_worker.force_unlock_workers(workers)
where workers is not null;
