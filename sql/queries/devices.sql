-- name: findKnownNetwork
-- Returns a row if the account was signed in to from this network before.
select d.user_id from devices d join emails e on e.user_id = d.user_id
where e.address = :address and e.kind = 'current'
  and d.network = network(set_masklen(:ipAddress::inet, case family(:ipAddress::inet) when 4 then 24 else 64 end))
limit 1;

-- name: deleteOtherDevices
-- Deletes all devices of a user except that of this client.
delete from devices
where user_id = :userId and not (
  network = network(set_masklen(:ipAddress::inet, case family(:ipAddress::inet) when 4 then 24 else 64 end))
  and device = :device
);

-- name: saveDevice
-- Saves the device of a sign-in. It is new if it was not known and the user has other devices. An inserted row has no
-- xmax, and the subselect does not see it yet.
insert into devices (user_id, network, device)
values (
  :userId,
  network(set_masklen(:ipAddress::inet, case family(:ipAddress::inet) when 4 then 24 else 64 end)),
  :device
)
on conflict (user_id, network, device) do update set last_seen_at = now()
returning xmax = 0 and exists (select from devices known where known.user_id = :userId) as "is_new!";
