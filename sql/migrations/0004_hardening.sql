-- Recovery and undo.

-- An activation code that was mailed because of a request by address alone would activate a password that its recipient
-- may not have chosen (security 89). Recovery codes take their place.
delete from codes
where purpose = 'activate' and used_at is null
  and mail_id in (select id from mails where kind in ('activation', 'restore') and user_id is null);

-- How often a used recovery code was presented again: each time allows one try of the current password.
alter table codes add column repetitions integer not null default 0;
comment on column codes.about is
  'The change of address that the code is for; for an activation code the user who got the address by another registration.';
create index codes_about on codes (about) where about is not null;

-- Confirmed changes of address that were followed by a recovery at the new address, and until when they can be undone.
alter table email_changes add column recovered_at timestamptz;
alter table email_changes add column undo_until timestamptz;
comment on column email_changes.undo_until is 'Null: as long as the undo code lives.';

-- The notice of an erasure: nothing but the mail knows the language of its recipient.
alter table mails add column language text check (language in ('en', 'ru'));
alter table mails drop constraint mails_kind_check;
alter table mails add constraint mails_kind_check check (
  kind in (
    'activation', 'restore', 'password_changed', 'invitation', 'confirm_email', 'email_changed', 'email_change_undone',
    'new_device', 'account_deleted'
  )
);
