-- name: claimIdempotencyKey
-- Records an idempotency key of the superuser for 24 hours. Of two simultaneous requests with the same key, the second
-- waits here until the transaction of the first has ended. Returns no row if the key is recorded already.
insert into idempotency_keys (actor_id, key_hash, request_hash, user_id)
values (:actorId, :keyHash, :requestHash, :userId)
on conflict (actor_id, key_hash) do update
set request_hash = excluded.request_hash, user_id = excluded.user_id, created_at = excluded.created_at
where idempotency_keys.created_at < now() - interval '24 hours'
returning user_id;

-- name: findIdempotencyKey
select request_hash, user_id, created_at from idempotency_keys where actor_id = :actorId and key_hash = :keyHash;
