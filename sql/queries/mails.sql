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
-- Writes the notice of an erasure and its job. The mail's row contains the language, because the user's row no longer
-- exists when the mail is sent.
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
-- Finds the user who has the email address or for whom it is held.
select user_id from emails where address = :address;

-- name: beginMail
-- Counts an attempt to send the mail. Returns no row if the mail is no longer queued.
update mails set attempts = attempts + 1
where id = :id and status = 'queued'
returning id, kind, address, user_id, about, language, attempts, created_at;

-- name: finishMail
-- Records the result of a delivery. A mail that was requested by email address alone is assigned to the user who has
-- the email address now, and stays assigned if another user has it later. The notice of an erasure is deleted,
-- because it is the last row that contains the email address.
with deleted_notice as (delete from mails where id = :id and kind = 'account_deleted')
update mails
set status = :status, last_error = :lastError?, sent_at = case when :status = 'sent' then now() end,
  user_id = coalesce(user_id, (select e.user_id from emails e where e.address = mails.address and e.kind = 'current'))
where id = :id and kind <> 'account_deleted';

-- name: dropMail
-- Records that a mail is not sent. The email address is cleared if it belongs to no user.
update mails
set status = 'dropped', last_error = :reason?,
  address = case
    when exists (select from emails e where e.address = mails.address) then address
    when exists (select from users u where u.id = mails.user_id) then address
    else ''
  end
where id = :id;

-- name: releaseCause
-- Clears the cause of a finished mail, so that the mail no longer lowers the priority of later mails of the same
-- cause.
update mails set cause = null where id = :id and cause is not null;

-- name: saveMailError
update mails set last_error = :lastError where id = :id;

-- name: lockMailLimit
-- Lets one transaction at a time count the mails to an email address.
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
