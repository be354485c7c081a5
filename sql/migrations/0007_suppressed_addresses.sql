-- The email addresses to which no mail is sent. Releases that do not know this table work as before.
create table suppressed_addresses (
  address text not null,
  source text not null,
  reason text not null,
  diagnostic text not null,
  created_at timestamptz not null default now(),
  constraint suppressed_addresses_pkey primary key (address),
  constraint suppressed_addresses_address_check check (address !~ '[A-Z]' and char_length(address) between 3 and 254),
  constraint suppressed_addresses_source_check check (source in ('smtp', 'dsn')),
  constraint suppressed_addresses_reason_length check (char_length(reason) <= 20),
  constraint suppressed_addresses_diagnostic_length check (char_length(diagnostic) <= 500)
);
create index suppressed_addresses_created_at on suppressed_addresses (created_at);
comment on table suppressed_addresses is
  'Email addresses that have no mailbox, according to a mail server. They get no mail for 90 days, unless an operator removes the row.';
comment on column suppressed_addresses.address is 'The normalized address. It need not belong to a user.';
comment on column suppressed_addresses.source is
  'smtp: the mail server refused the recipient. dsn: a delivery status notification (RFC 3464) reported the failure later.';
comment on column suppressed_addresses.reason is 'The status code, such as 5.1.1 (RFC 3463), or the reply code, such as 550.';
comment on column suppressed_addresses.diagnostic is 'The text of the reply or of the notification, without email addresses.';
comment on column suppressed_addresses.created_at is 'When the address was suppressed. The row is deleted 90 days later.';
