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
