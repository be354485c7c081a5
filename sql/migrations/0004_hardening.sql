-- Sessions: one row ends all of a user's, and a session shows who refreshed it last.

-- The end of all sessions of a user is one update of the user's row, however many there are: a session is valid if it
-- was created later, or kept later.
alter table users add column sessions_valid_after timestamptz not null default '-infinity';
alter table users add column sessions_ended_by text check (char_length(sessions_ended_by) <= 32);
comment on column users.sessions_valid_after is 'Sessions created, or kept, at this moment or earlier have ended; their rows are marked in batches.';
comment on column users.sessions_ended_by is 'Why they ended, for the rows that are not marked yet.';
create index users_sessions_valid_after on users (sessions_valid_after) where sessions_valid_after > '-infinity';

alter table sessions add column kept_at timestamptz;
comment on column sessions.kept_at is 'When all other sessions of the user ended and this one was kept.';
create index sessions_not_ended on sessions (user_id, coalesce(kept_at, created_at)) where ended_at is null;

-- Null: the client that signed in, or one that an earlier release did not note.
alter table sessions add column last_ip_address inet;
alter table sessions add column last_user_agent text check (char_length(last_user_agent) <= 512);
alter table sessions add column rotated_ip_address inet;
alter table sessions add column rotated_user_agent text check (char_length(rotated_user_agent) <= 512);
alter table sessions add column grace_retries integer not null default 0;
alter table sessions add column noted_network cidr;
alter table sessions add column network_noted_at timestamptz;
comment on column sessions.last_ip_address is 'The client that got tokens last, by a rotation or a retry of it.';
comment on column sessions.rotated_ip_address is 'The client that made the last rotation: a retry within the grace period has to come from its network or device.';
comment on column sessions.grace_retries is 'Retries of the last rotation that came from another network or device.';
comment on column sessions.noted_network is 'The network of the last session_network_changed event.';

-- What counts as one network where devices and sessions are compared: a /24 of IPv4, a /64 of IPv6.
create function network_of(address inet) returns cidr language sql immutable parallel safe
return network(set_masklen(address, case family(address) when 4 then 24 else 64 end));
