-- name: insertRegistration
insert into registrations (user_id, address, email, first_name, last_name, language, password_hash, ip_address, user_agent)
values (:userId, :address, :email, :first_name, :last_name, :language, :passwordHash, :ipAddress, :userAgent)
returning user_id;

-- name: findRegistration
-- Finds the registration that caused a mail.
select user_id, email, language, ip_address, user_agent, created_at
from registrations
where address = :address and expires_at > now() and user_id = :userId;

-- name: findWaitingRegistration
-- Chooses one pending registration of an email address. The worker mints the recovery code for this registration. The
-- statement chooses the oldest registration, so that later requests choose the same registration and void its earlier
-- codes, even if the email address was registered again in the meantime. A registration that expires before a new
-- code would expire is chosen only if there is no other registration.
select user_id, language
from registrations
where address = :address and expires_at > now()
order by expires_at < now() + make_interval(secs => :codeLifetime), created_at, user_id
limit 1;

-- name: findRegistrationById
select address, language
from registrations
where user_id = :userId and expires_at > now();

-- name: findRegistrationByCode
select r.address, r.email, r.first_name, r.last_name, r.language, r.password_hash
from codes c join registrations r on r.user_id = c.user_id
where c.user_id = :userId and c.hash = :hash and c.purpose = 'activate' and c.used_at is null and c.expires_at > now()
  and r.expires_at > now();

-- name: deleteRegistration
delete from registrations
where user_id = :userId and expires_at > now()
returning user_id;

-- name: voidRegistrations
delete from registrations where address = :address
returning user_id;
