-- Adds a point to each of the counters $1, whose windows last $2 seconds. A counter may occur several times. $3 is the
-- time. As in rate-limiter-flexible, the table stores times in milliseconds since 1970. The rows are locked in the
-- order of their keys, so that statements of several instances cannot wait for each other in a circle.
insert into rate_limits as r (key, points, expire)
select key, count(*), $3::bigint + max(seconds)::bigint * 1000
from unnest($1::text[], $2::integer[]) as counted (key, seconds)
group by key
order by key
on conflict (key) do update
set points = case when r.expire <= $3 then excluded.points else r.points + excluded.points end,
    expire = case when r.expire <= $3 then excluded.expire else r.expire end
returning key, points, expire
