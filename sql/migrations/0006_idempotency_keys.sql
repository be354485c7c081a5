-- The keys by which a repeated createUser is recognized. Releases that do not know this table work as before.
create table idempotency_keys (
  actor_id uuid not null,
  key_hash bytea not null,
  request_hash bytea not null,
  user_id uuid not null,
  created_at timestamptz not null default now(),
  constraint idempotency_keys_pkey primary key (actor_id, key_hash),
  constraint idempotency_keys_key_hash_length check (octet_length(key_hash) = 32),
  constraint idempotency_keys_request_hash_length check (octet_length(request_hash) = 32)
);
comment on table idempotency_keys is
  'The Idempotency-Keys of the last 24 hours. The reply is not stored: it is made again from the row and the repeated request.';
comment on column idempotency_keys.actor_id is 'The superuser who sent the key.';
comment on column idempotency_keys.key_hash is 'A keyed hash of the Idempotency-Key.';
comment on column idempotency_keys.request_hash is 'A keyed hash of the Idempotency-Key and the body of the request.';
comment on column idempotency_keys.user_id is 'The user that the request created, who may have been erased since.';
comment on column idempotency_keys.created_at is 'When the user was created. The value is the same as in users.date_joined.';
