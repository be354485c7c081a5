-- name: listSigningKeys
select kid, private_key, secret_id from signing_keys order by created_at desc, kid;

-- name: insertSigningKey
insert into signing_keys (kid, private_key, secret_id)
values (:kid, :privateKey, :secretId);

-- name: lockSigningKeys
lock table signing_keys in exclusive mode;
