-- name: enqueueMail
-- The outbox: the mail and its job are written by the caller's transaction.
with mail as (
  insert into mails (id, kind, address, user_id, about) values (:id, :kind, :address, :userId?, :about?)
  returning id
)
select job.id as "job_id!" from mail, lateral graphile_worker.add_job('send_mail', json_build_object('id', mail.id), job_key => mail.id::text) job;

-- name: beginMail
update mails set attempts = attempts + 1
where id = :id and status = 'queued'
returning id, kind, address, user_id, about, attempts, created_at;

-- name: finishMail
update mails set status = :status, last_error = :lastError?, sent_at = case when :status = 'sent' then now() end
where id = :id;

-- name: noteMailError
update mails set last_error = :lastError where id = :id;

-- name: keepMailJobs
-- The heartbeat of a living worker, on the jobs that it holds.
update graphile_worker._private_jobs set locked_at = now() where locked_by = :worker;

-- name: freeMailJobs
-- Jobs of workers without a heartbeat; graphile-worker itself would wait four hours.
with dead as (
  select array_agg(distinct locked_by) as workers
  from graphile_worker.jobs
  where task_identifier = 'send_mail' and locked_at < now() - interval '1 minute'
)
select cardinality(workers) as "freed!" from dead, lateral graphile_worker.force_unlock_workers(workers)
where workers is not null;
