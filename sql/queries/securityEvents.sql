-- name: insertSecurityEvent
insert into security_events (user_id, id, type, actor_id, ip_address, user_agent)
values (:userId, :id, :type, :actorId?, :ipAddress?, :userAgent?);
