-- The counters of the limits, as rate-limiter-flexible keeps them: expire is in milliseconds since 1970. A key is a keyed
-- hash of an address, a network or a session, so that none of them is here in the clear.
create table rate_limits (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);
create index rate_limits_expire on rate_limits (expire);

-- The mails that one recipient got lately.
create index mails_address_created_at on mails (address, created_at);
drop index mails_address;
