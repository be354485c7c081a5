-- name: enqueueMail
-- The outbox: the mail and its job are written by the caller's transaction. Each mail of the same cause that waits lowers the
-- priority by one, so that one account or network does not delay the mails of others. The job is not called send_mail, as that
-- of earlier releases: their workers would decide by earlier rules what it says, and know neither its kind nor its hold.
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
  ) of_cause
)
select job.id as "job_id!"
from mail, waiting, lateral graphile_worker.add_job(
  'deliver_mail', json_build_object('id', mail.id),
  job_key => mail.id::text, priority => :priority::integer + waiting.mails
) job;

-- name: countNewDeviceMails
-- The mails about new devices that a user was sent lately, and the summaries of further ones. To be called when the user is locked.
select
  count(*) filter (where kind = 'new_device') as "mails!",
  count(*) filter (where kind = 'new_devices') as "summaries!"
from mails
where user_id = :userId and kind in ('new_device', 'new_devices')
  and created_at > now() - make_interval(secs => :window::float8);

-- name: enqueueAccountDeletedMail
-- The notice of an erasure. No other row knows the user when it is sent, so that the mail has the language.
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
-- Whoever has the address now, or keeps it for the undoing of a change.
select user_id from emails where address = :address;

-- name: beginMail
update mails set attempts = attempts + 1
where id = :id and status = 'queued'
returning id, kind, address, user_id, about, language, attempts, created_at;

-- name: finishMail
-- A mail that was requested by address alone belongs to its owner from now on, even if another user has that address later. The
-- notice of an erasure is the last row that knows the address: it goes.
with farewell as (delete from mails where id = :id and kind = 'account_deleted')
update mails
set status = :status, last_error = :lastError?, sent_at = case when :status = 'sent' then now() end,
  user_id = coalesce(user_id, (select e.user_id from emails e where e.address = mails.address and e.kind = 'current'))
where id = :id and kind <> 'account_deleted';

-- name: dropMail
-- An address that is nobody's here, or nobody's any more, is not kept.
update mails
set status = 'dropped', last_error = :reason?,
  address = case
    when exists (select from emails e where e.address = mails.address) then address
    when exists (select from users u where u.id = mails.user_id) then address
    else ''
  end
where id = :id;

-- name: releaseCause
-- The job has ended: the mail no longer lowers the priority of those that its cause queues after it.
update mails set cause = null where id = :id and cause is not null;

-- name: noteMailError
update mails set last_error = :lastError where id = :id;

-- name: lockMailLimit
-- One mail at a time is counted for a recipient, until the end of the transaction.
select pg_advisory_xact_lock(hashtextextended('mail ' || :address::text, 0)) is null as "locked!";

-- name: countMailsTo
-- The mails of some kinds (with commas between) to this recipient, lately and beside this one; those that were dropped reached nobody.
select
  count(*) filter (where created_at > now() - make_interval(secs => :hour::float8)) as "in_hour!",
  count(*) filter (where created_at > now() - make_interval(secs => :day::float8)) as "in_day!"
from mails
where address = :address and id <> :id and attempts > 0 and status <> 'dropped'
  and kind = any(:kinds)
  and created_at > now() - make_interval(secs => greatest(:hour::float8, :day::float8));
