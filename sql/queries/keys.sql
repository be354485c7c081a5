-- name: listSigningKeys
select kid, public_jwk, private_key, secret_id from signing_keys order by created_at desc, kid;

-- name: insertSigningKey
insert into signing_keys (kid, public_jwk, private_key, secret_id)
values (:kid, :publicJwk, :privateKey, :secretId);

-- name: lockSigningKeys
lock table signing_keys in exclusive mode;
