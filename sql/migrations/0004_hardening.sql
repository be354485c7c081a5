-- Mails: a summary of further sign-ins from new devices, and what makes the queue fair.
alter table mails drop constraint mails_kind_check;
alter table mails add constraint mails_kind_check check (
  kind in (
    'activation', 'restore', 'password_changed', 'invitation', 'confirm_email', 'email_changed', 'new_device', 'new_devices'
  )
);
alter table mails add column cause bigint;
comment on column mails.cause is
  'A hash of the account or network that caused the mail, until its job has ended: its later mails queue behind those of others.';
create index mails_cause on mails (cause, created_at) where cause is not null;
