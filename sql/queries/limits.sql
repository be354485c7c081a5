-- name: measureLimits
-- Counts the subjects of each limit that have used points, and those that have no point left. At most :maxSubjects
-- counters are read, starting with those that expire last. A counter is in use while its expiry is later than :now, in
-- milliseconds since 1970.
with counting as materialized (
  select split_part(key, ':', 1) as name, points from rate_limits
  where expire > :now::float8::bigint
  order by expire desc
  limit :maxSubjects
)
select limits.name as "name!", count(counting.name)::integer as "used!",
  (count(*) filter (where counting.points >= limits.count))::integer as "used_up!",
  (select count(*) = :maxSubjects from counting) as "is_capped!"
from jsonb_to_recordset(:limits::jsonb) as limits (name text, count integer)
left join counting on counting.name = limits.name
group by limits.name;
