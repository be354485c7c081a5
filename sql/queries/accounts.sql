-- name: findUserIdByAddress
select user_id from emails where address = :address;

-- name: findPasswordHash
select id, password_hash from users where id = :userId;

-- name: findUser
select id, email, first_name, last_name, language, is_active, is_superuser, date_joined, last_login
from users
where id = :userId;

-- name: updateProfile
update users
set first_name = coalesce(:firstName?, first_name),
    last_name = coalesce(:lastName?, last_name),
    language = coalesce(:language?, language)
where id = :userId and is_active
returning id, email, first_name, last_name, language, is_superuser, date_joined, last_login;

-- name: claimAddress
insert into emails (address, user_id) values (:address, :userId)
on conflict do nothing
returning user_id;

-- name: insertUser
insert into users (id, email, first_name, last_name, language, password_hash, is_superuser)
values (:userId, :email, :firstName, :lastName, :language, :passwordHash, :isSuperuser)
returning id, email;

-- name: setPassword
update users set password_hash = :passwordHash, email_confirmed = true
where id = :userId and is_active
returning id, email;

-- name: rehashPassword
-- Compare and set: a password that was changed meanwhile stays.
update users set password_hash = :passwordHash
where id = :userId and password_hash = :verifiedHash
returning id;
