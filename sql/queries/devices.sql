-- name: findKnownNetwork
-- Returns a row if there was an earlier sign-in to the account from the network of this IP address.
select d.user_id from devices d join emails e on e.user_id = d.user_id
where e.address = :address and e.kind = 'current'
  and d.network = network(set_masklen(:ipAddress::inet, case family(:ipAddress::inet) when 4 then 24 else 64 end))
limit 1;

-- name: deleteOtherDevices
-- Deletes all devices of a user except the device of the current client.
delete from devices
where user_id = :userId and not (
  network = network(set_masklen(:ipAddress::inet, case family(:ipAddress::inet) when 4 then 24 else 64 end))
  and device = :device
);

-- name: saveDevice
-- Saves the device of a sign-in. The device counts as new if it was not known and the user has other devices. xmax is
-- 0 if the row was inserted, and the subselect does not see the inserted row.
insert into devices (user_id, network, device)
values (
  :userId,
  network(set_masklen(:ipAddress::inet, case family(:ipAddress::inet) when 4 then 24 else 64 end)),
  :device
)
on conflict (user_id, network, device) do update set last_seen_at = now()
returning xmax = 0 and exists (select from devices known where known.user_id = :userId) as "is_new!";
