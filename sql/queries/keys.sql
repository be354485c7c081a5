-- name: listSigningKeys
-- Lists the published keys, the newest first. At any given time, the key that signs is the first key of the list
-- whose signs_from is not later than that time.
select kid, private_key, secret_id, created_at, signs_from, retires_at, extract(epoch from clock_timestamp())::float8 as "now!"
from signing_keys
where retires_at is null or retires_at > now()
order by signs_from desc, created_at desc, kid;

-- name: insertSigningKey
-- Uses clock_timestamp() and not now(), because the transaction may have waited for the lock since its start.
insert into signing_keys (kid, private_key, secret_id, signs_from)
values (:kid, :privateKey, :secretId, clock_timestamp() + make_interval(secs => :publishFor::float8))
returning kid, signs_from;

-- name: replaceSigningKeys
-- Lets the newest key replace all other keys. At :signsFrom the newest key begins to sign and the other keys stop.
-- The other keys stay published for :overlap seconds after that.
update signing_keys
set signs_from = least(signs_from, :signsFrom::timestamptz - interval '1 millisecond'),
    retires_at = coalesce(retires_at, :signsFrom::timestamptz + make_interval(secs => :overlap::float8))
where kid <> :kid
returning kid, retires_at as "retires_at!";

-- name: reencryptSigningKey
-- Replaces the encrypted text of a private key. Returns no row if another instance has replaced it in the meantime.
update signing_keys set private_key = :privateKey, secret_id = :secretId
where kid = :kid and private_key = :readKey
returning kid;

-- name: deleteReplacedKey
-- Deletes a key if a later key already signs.
delete from signing_keys k
where kid = :kid and exists (
  select from signing_keys other where other.signs_from > k.signs_from and other.signs_from <= now()
)
returning kid;

-- name: deleteSigningKey
delete from signing_keys where kid = :kid
returning kid;

-- name: lockSigningKeys
lock table signing_keys in exclusive mode;
