-- name: readServiceState
select extract(epoch from clock_timestamp())::float8 as "now!", (select coalesce(max(number), 0) from migrations) as "latest_migration!";
