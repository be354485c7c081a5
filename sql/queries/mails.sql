-- name: enqueueMail
-- Writes a mail and its job in the caller's transaction (an outbox). Each waiting mail of the same cause lowers the
-- priority by one, so that one account or network does not delay the mails of others. The job is not named send_mail,
-- because workers of releases before 0.4.0 run jobs of that name. Such a worker does not know all kinds of mail, and
-- the duration of its jobs reveals whether a mail was sent.
with mail as (
  insert into mails (id, kind, address, user_id, about, cause)
  values (:id, :kind, :address, :userId?, :about?, hashtextextended(:cause, 0))
  returning id
), waiting as (
  select count(*)::integer as mails
  from (
    select from mails
    where cause = hashtextextended(:cause, 0) and created_at > now() - interval '1 hour'
    limit 999
  ) as mails_of_cause
)
select job.id as "job_id!"
from mail, waiting, lateral graphile_worker.add_job(
  'deliver_mail', json_build_object('id', mail.id),
  job_key => mail.id::text, priority => :priority::integer + waiting.mails
) job;

-- name: countNewDeviceMails
-- Counts the recent mails to a user about new devices, and the recent summaries of further new devices. The caller
-- must have locked the user's row.
select
  count(*) filter (where kind = 'new_device') as "mails!",
  count(*) filter (where kind = 'new_devices') as "summaries!"
from mails
where user_id = :userId and kind in ('new_device', 'new_devices')
  and created_at > now() - make_interval(secs => :window::float8);

-- name: enqueueAccountDeletedMail
-- Writes the notice of an erasure, and the job that sends it. The mail's row contains the language, because the
-- user's row no longer exists when the mail is sent.
with mail as (
  insert into mails (id, kind, address, language) values (:id, 'account_deleted', :address, :language)
  returning id
)
select job.id as "job_id!"
from mail, lateral graphile_worker.add_job(
  'deliver_mail', json_build_object('id', mail.id), job_key => mail.id::text, priority => :priority::integer
) job;

-- name: findMail
select address, user_id from mails where id = :id;

-- name: findAddressOwner
-- Finds the user who has this email address now, or for whom it is held as a former address until an undo is no longer
-- possible.
select user_id from emails where address = :address;

-- name: countEarlierMails
-- Counts the mails to the same email address that go before a mail whose first attempt is due, 60 at most. An earlier
-- mail goes first while its job runs or waits for its first attempt, with the same or a higher priority. A mail whose
-- attempt has failed delays no other mail. Whether the earlier mails are sent or dropped makes no difference
-- (security 96).
select own.address, job.priority::integer as "priority!", (
  select count(*)::integer
  from (
    select from mails m join graphile_worker._private_jobs earlier on earlier.key = m.id::text
    where m.address = own.address and m.id < own.id and m.cause is not null
      and earlier.priority <= job.priority and (earlier.locked_at is not null or earlier.attempts = 0)
    limit 60
  ) as first_60
) as "mails!"
from mails own join graphile_worker._private_jobs job on job.key = own.id::text
where own.id = :id and own.status = 'queued' and own.attempts = 0;

-- name: deferMail
-- Queues a mail's job again, some seconds later.
select graphile_worker.add_job(
  'deliver_mail', json_build_object('id', :id::uuid), run_at => now() + make_interval(secs => :seconds::integer),
  job_key => :id::uuid::text, priority => :priority::integer
) is null as "queued!";

-- name: beginMail
-- Counts an attempt to send the mail. Returns no row if the mail is no longer queued.
update mails set attempts = attempts + 1
where id = :id and status = 'queued'
returning id, kind, address, user_id, about, language, attempts, created_at;

-- name: finishMail
-- Records the result of a delivery. A mail that anyone can request with an email address alone is assigned to the user who has
-- the email address now. The assignment stays when the email address later belongs to another user. The notice of an
-- erasure is deleted, because it is the last row that contains the email address.
with deleted_notice as (delete from mails where id = :id and kind = 'account_deleted')
update mails
set status = :status, last_error = :lastError?, sent_at = case when :status = 'sent' then now() end,
  user_id = coalesce(user_id, (select e.user_id from emails e where e.address = mails.address and e.kind = 'current'))
where id = :id and kind <> 'account_deleted';

-- name: dropMail
-- Records that a mail is not sent.
update mails set status = 'dropped', last_error = :reason where id = :id;

-- name: endMail
-- Clears the requester (`cause`) of a finished mail, so that the mail no longer lowers the priority of later mails of the
-- same requester, and no longer delays later mails to the same email address. The address of a dropped mail is cleared as well if it
-- belongs to no user. Returns the address if later mails to it wait for their first attempt.
with own as (
  select id, address from mails where id = :id and cause is not null
), ended as (
  update mails
  set cause = null,
    address = case
      when status <> 'dropped' or exists (select from emails e where e.address = mails.address)
        or exists (select from users u where u.id = mails.user_id) then address
      else ''
    end
  where id = :id
)
select address from own
where exists (
  select from mails m
  where m.address = own.address and m.id <> own.id and m.cause is not null and m.attempts = 0
);

-- name: wakeNextMail
-- Makes the next mail to an email address due at once: the first of those that wait for their first attempt. This mail
-- may be dropped already: it still delays later mails until its job has run.
with next as (
  select job.id
  from mails m join graphile_worker._private_jobs job on job.key = m.id::text
  where m.address = :address and m.cause is not null and job.locked_at is null and job.attempts = 0
  order by job.priority, m.id limit 1
), due as (
  update graphile_worker._private_jobs job set run_at = now() from next
  where job.id = next.id and job.locked_at is null and job.run_at > now()
  returning job.id
)
-- The name of graphile-worker's channel contains a colon, which would begin a parameter here.
select pg_notify('jobs' || chr(58) || 'insert', '') is null as "notified!" from due;

-- name: saveMailError
update mails set last_error = :lastError where id = :id;

-- name: lockRecipient
-- Lets one transaction at a time count the mails to an email address, or decide which of them goes first.
select pg_advisory_xact_lock(hashtextextended('mail ' || :address::text, 0)) is null as "locked!";

-- name: countMailsToRecipient
-- Counts the recent mails of some kinds to an email address, except the mail :id. Dropped mails do not count, because
-- they were not sent.
select
  count(*) filter (where created_at > now() - make_interval(secs => :hour::float8)) as "in_hour!",
  count(*) filter (where created_at > now() - make_interval(secs => :day::float8)) as "in_day!"
from mails
where address = :address and id <> :id and attempts > 0 and status <> 'dropped'
  and kind = any(:kinds)
  and created_at > now() - make_interval(secs => greatest(:hour::float8, :day::float8));

-- columns: mailColumns
id, kind, address, status, attempts, last_error, created_at, sent_at;

-- name: listMails{Descending|Ascending}
-- Reads up to 101 mails of each status, which is one more than a page may have. The index of mails begins with their
-- status, so that few mails are read even if few mails have the status.
select page.*
from unnest(:statuses::text[]) as wanted (status), lateral (
  select {mailColumns} from mails
  where status = wanted.status and (created_at, id) {<|>} (:cursorTimestamp, :cursorId)
  order by created_at {desc|}, id {desc|}
  limit 101
) as page
order by created_at {desc|}, id {desc|}
limit :limit;

-- name: listMailsTo{Descending|Ascending}
select {mailColumns} from mails
where address = :address and status = any(:statuses) and (created_at, id) {<|>} (:cursorTimestamp, :cursorId)
order by created_at {desc|}, id {desc|}
limit :limit;

-- name: countMails
-- Counts up to :cap mails, or all mails if :cap is null. The order makes PostgreSQL use the index.
select count(*)::integer as "count!"
from (
  select from unnest(:statuses::text[]) as wanted (status), lateral (
    select from mails where status = wanted.status order by created_at, id limit :cap?::integer
  ) as mails_of_status
  limit :cap?::integer
) as counted;

-- name: countMailsTo
select count(*)::integer as "count!"
from (select from mails where address = :address and status = any(:statuses) limit :cap?::integer) as counted;

-- name: showMail
-- Reads a mail and its job, if the queue has one.
select m.id, m.kind, m.address, m.user_id, m.status, m.attempts, m.last_error, m.created_at, m.sent_at,
  job.run_at as "next_attempt_at?", job.attempts as "job_attempts?", job.max_attempts as "job_max_attempts?",
  job.locked_at is not null as "running!"
from mails m left join graphile_worker._private_jobs job on job.key = m.id::text
where m.id = :id;

-- name: retryMails
-- Queues failed mails again, each with a new job, or only the mail :id. If the mail :id is already queued, it becomes
-- due now, unless its job is running. A new code is generated when the mail is sent.
with due as (
  update mails m set status = 'queued', last_error = null
  where (:id?::uuid is null and m.status = 'failed' or m.id = :id? and m.status in ('failed', 'queued'))
    and not exists (
      select from graphile_worker._private_jobs job where job.key = m.id::text and job.locked_at is not null
    )
  returning m.id, m.kind
)
select due.id, job.id as "job_id!"
from due, lateral graphile_worker.add_job(
  'deliver_mail', json_build_object('id', due.id), job_key => due.id::text,
  priority => case when due.kind = any(:kindsWithCode) then :codePriority::integer else :noticePriority::integer end
) job;

-- name: discardMail
-- Drops a queued or failed mail and removes its job, unless the mail is being sent. If the mail's address belongs to no
-- user, the address is cleared.
with dropped as (
  update mails m
  set status = 'dropped', last_error = :reason::text, cause = null,
    address = case
      when exists (select from emails e where e.address = m.address) or exists (select from users u where u.id = m.user_id)
      then address else ''
    end
  where m.id = :id and m.status in ('queued', 'failed')
    and not exists (
      select from graphile_worker._private_jobs job where job.key = m.id::text and job.locked_at is not null
    )
  returning m.id
)
select dropped.id, graphile_worker.remove_job(dropped.id::text) is null as "removed!" from dropped;
