-- name: insertRegistration
insert into registrations (user_id, address, email, first_name, last_name, language, password_hash, ip_address, user_agent)
values (:userId, :address, :email, :firstName, :lastName, :language, :passwordHash, :ipAddress, :userAgent)
returning user_id;

-- name: findRegistration
-- The registration that a mail speaks of: the named one, or else the latest of the address.
select user_id, email, language, ip_address, user_agent, created_at
from registrations
where address = :address and expires_at > now() and user_id = coalesce(:userId?, user_id)
order by created_at desc
limit 1;

-- name: findRegistrationById
select address, email, first_name, last_name, language, password_hash
from registrations
where user_id = :userId and expires_at > now();

-- name: deleteRegistration
delete from registrations
where user_id = :userId and expires_at > now()
returning user_id;

-- name: voidRegistrations
delete from registrations where address = :address;
