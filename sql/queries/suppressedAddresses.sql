-- name: isSuppressed
select exists (select from suppressed_addresses where address = :address) as "suppressed!";

-- name: wasSuppressed
-- Whether an email address was suppressed when a user was created.
select exists (select from suppressed_addresses where address = :address and created_at < :createdAt) as "suppressed!";

-- name: failAndSuppress
-- Records that a mail has bounced, and suppresses its email address. The statement locks the mail's row, so that an
-- erasure, which deletes the row, leaves no suppressed address behind. The notice of an erasure suppresses no address.
with bounced as (
  update mails set status = 'failed', last_error = :diagnostic
  where id = :id and kind <> 'account_deleted' and status in ('queued', 'sent', 'failed')
  returning address
)
insert into suppressed_addresses (address, source, reason, diagnostic)
select address, :source, :reason, :diagnostic from bounced where address <> ''
on conflict (address) do nothing
returning address;

-- name: listSuppressedAddresses{Descending|Ascending}
select address as id, source, reason, diagnostic, created_at from suppressed_addresses
where (created_at, address) {<|>} (:cursorTimestamp, :cursorAddress)
order by created_at {desc|}, address {desc|} limit :limit;

-- name: countSuppressedAddresses
-- Counts up to :cap addresses, or all addresses if :cap is null.
select count(*)::integer as "count!" from (select from suppressed_addresses limit :cap?::integer) as counted;

-- name: unsuppressAddress
delete from suppressed_addresses where address = :address returning address;

-- name: eraseSuppressions
-- Deletes the suppressions of an erased user's email addresses, and of any other addresses to which the user's mails were
-- sent. The suppression of another user's email address stays.
delete from suppressed_addresses s
where s.address = any(:addresses) and not exists (select from emails e where e.address = s.address and e.user_id <> :userId);
