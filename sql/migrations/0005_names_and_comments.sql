-- Names and comments only: no statement reads or writes a row. Releases that do not know this migration work as before.
-- generated/schema.sql shows the result.

-- To rename a constraint locks its table. A backup that reads the table must not make sign-ins wait behind that lock.
set local lock_timeout = '5s';

-- PostgreSQL had named it by the table alone.
alter table emails rename constraint emails_check to emails_held_until_if_held;
comment on constraint emails_held_until_if_held on emails is 'A held address has an end, a current one has none.';

comment on table users is
  'People who followed a mail to their address, or whom an administrator created. Other tables refer to users by user_id without a foreign key: an erasure deletes the rows of a user itself, security events outlive their user, registrations and codes name ids that become users later, and tables can be distributed by user_id.';
comment on column users.email is 'The address as it was typed. The normalized one is in emails.';
comment on column users.password_hash is 'Null: the user cannot sign in until a mailed code sets a password.';
comment on column users.email_confirmed is 'False: an administrator created the account, and no password was set by a mailed code yet.';
comment on column users.search_text is 'Address and names, folded by foldText in src/domain/searchText.ts.';
comment on column users.sessions_valid_after is
  'Sessions that were created, or kept, at this moment or earlier have ended. Their rows are marked in batches.';
comment on column users.sessions_ended_by is 'The reason why those sessions ended, for rows that are not marked yet.';

comment on table emails is
  'All addresses, normalized. Only this table makes an address unique. It is separate from users so that both can be distributed.';
comment on column emails.kind is
  'current: the user signs in with it. held: a former address, to which a change can still be undone. Nobody signs in with it, and no other user can claim it.';
comment on column emails.held_until is 'The end of the hold. From then on anybody can claim the address.';

comment on table registrations is
  'Sign-ups whose mail was not followed yet. An address may have several: each mailed code activates its own registration, with its own password.';
comment on column registrations.user_id is 'The id of the future user.';
comment on column registrations.address is 'The normalized address.';
comment on column registrations.email is 'The address as it was typed.';

comment on table codes is
  'Mailed one-time codes. A used activation code stays until it expires, so that its second use can be recognized.';
comment on column codes.user_id is 'A user, or the future user of a registration.';
comment on column codes.hash is 'SHA-256 of the code. The code itself is only in the mail.';
comment on column codes.purpose is
  'activate: a registration. restore: set a password. confirm_email: the new address of a change. undo_email: return to the old one.';
comment on column codes.mail_id is 'The mail that brought the code. Mail ids are in the order of the requests.';
comment on column codes.about is
  'The change of address that the code confirms or undoes. On an activation code: the user who got the address by another registration.';
comment on column codes.repetitions is
  'How often the code was presented again after its use. Each time allows one try of the current password.';

comment on table email_changes is 'Changes of address: requested, confirmed at the new address, perhaps undone from the old one.';
comment on column email_changes.address is 'The new address, normalized.';
comment on column email_changes.email is 'The new address as it was typed.';
comment on column email_changes.old_address is 'The former address, normalized. Null until the change is confirmed.';
comment on column email_changes.old_email is 'The former address as it was typed. Null until the change is confirmed.';
comment on column email_changes.recovered_at is
  'When the password was recovered at the new address. From then on the owner can end the undo by confirming the address again.';
comment on column email_changes.undo_until is 'When the undo ends early. Null: it ends with the undo code.';

comment on table sessions is
  'A session is a family of refresh tokens. Its row names the current generation of them. It is valid if ended_at is null, neither limit has passed, and it was created or kept after users.sessions_valid_after.';
comment on column sessions.generation is 'The number of the current refresh token. Each rotation adds one.';
comment on column sessions.began is 'When the current generation began, which starts the grace period of the one before.';
comment on column sessions.parent_began is 'When the generation before began.';
comment on column sessions.idle_until is 'The session expires then unless it is refreshed before.';
comment on column sessions.absolute_until is 'The session expires then even if it is refreshed.';
comment on column sessions.ip_address is 'The client that signed in.';
comment on column sessions.ended_by is
  'The reason: signed_out, revoked, revoked_by_administrator, suspended, password_changed, password_restored, email_change_undone, session_limit, refresh_reused.';
comment on column sessions.kept_at is 'When all other sessions of the user ended and this one was kept.';
comment on column sessions.last_ip_address is 'The client that got tokens last, by a rotation or by a retry of it. Null: the one that signed in.';
comment on column sessions.rotated_ip_address is
  'The client that made the last rotation. A retry within the grace period has to come from its network or its device.';
comment on column sessions.noted_network is 'The network of the last session_network_changed event: a /24 of IPv4 or a /64 of IPv6.';
comment on column sessions.network_noted_at is 'When that event was recorded.';

comment on table devices is
  'The devices of the sign-ins of a user. A sign-in from a device that is not here is an event.';
comment on column devices.network is 'The network of the client: a /24 of IPv4 or a /64 of IPv6.';
comment on column devices.device is 'The User-Agent without its version numbers.';

comment on table login_logs is
  'One row for each successful sign-in, in partitions of a month. make_partitions creates them and drop_oldest_partition drops them, both every hour.';
comment on table login_logs_default is 'Takes the rows of a month whose partition is missing, so that no sign-in fails.';

comment on table security_events is
  'What happened to accounts, except successful sign-ins. Partitions as in login_logs. An erasure clears ip_address and user_agent.';
comment on column security_events.user_id is 'The user concerned. All zeros: there is no such user, as after a sign-in with an unknown address.';
comment on column security_events.actor_id is 'The administrator who acted. Null: the user, or an operator by a command.';
comment on table security_events_default is 'Takes the rows of a month whose partition is missing.';

comment on table mails is 'The outbox: mails that were sent, or wait for the worker. A job of the queue holds nothing but the id of one.';
comment on column mails.user_id is 'The user or registration that the mail is for. Null: only an address was given.';
comment on column mails.status is 'dropped: the worker decided not to send it, because it has no recipient or the recipient has had too many.';
comment on column mails.about is 'The change of address or the session that the mail speaks of.';
comment on column mails.cause is
  'A hash of the account or network that caused the mail, until its job has ended. Mails of one cause queue after those of others.';
comment on column mails.language is 'Only for account_deleted: nothing else knows the language of an erased user.';

comment on table signing_keys is
  'The keys of access tokens. A key is published first, signs from signs_from until the next one does, and is published until retires_at.';
comment on column signing_keys.private_key is 'Encrypted under SECRET_KEY.';
comment on column signing_keys.secret_id is 'Names the SECRET_KEY that it is encrypted under, without revealing it.';
comment on column signing_keys.retires_at is 'Null: no other key has replaced it.';

comment on table rate_limits is 'Counters of the limits, as rate-limiter-flexible keeps them.';
comment on column rate_limits.key is 'A keyed hash of an address, a network, an account or a session.';
comment on column rate_limits.points is 'What was consumed since the counter began.';
comment on column rate_limits.expire is 'When the counter ends, in milliseconds since 1970 by the clock of an instance.';

comment on table shortest_retention is
  'One row, which only the owner of the tables can change: months of login_logs and security_events are kept for at least this long.';

comment on function make_partitions is
  'Creates the partitions of this month and of the coming months, 12 at most. The service calls it every hour (src/jobs/cleanUp.ts).';
comment on function drop_oldest_partition is
  'Drops the oldest month that ended before the given moment and before shortest_retention, and returns its name. The service calls it every hour (src/jobs/cleanUp.ts), but cannot shorten the retention.';
comment on function make_login_log_partitions is 'A former name of make_partitions, which an earlier release calls.';
comment on function network_of is
  'The network of an address, for the comparison of clients: a /24 of IPv4 or a /64 of IPv6.';
