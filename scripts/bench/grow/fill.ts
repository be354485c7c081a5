import { randomUUID } from 'node:crypto'
import type { Cluster } from '../../faults/cluster.ts'

const batch = 100_000

/** The months of the login log before the current one, each with a partition, as after a year of operation. */
export const months = 12

/**
 * Returns the numbers of the rows from `from` + 1 to `to` in batches.
 * @returns the first and the last number of each batch
 */
export function splitRows(from: number, to: number, size = batch): [first: number, last: number][] {
  const count = Math.ceil((to - from) / size)
  return Array.from({ length: count }, (_, index) => [from + index * size + 1, Math.min(to, from + (index + 1) * size)])
}

/** Creates the partitions of the past months, which make_partitions of a service in operation has created in time. */
export async function createPastPartitions(cluster: Cluster): Promise<void> {
  await cluster.query(`do $$
    declare
      month timestamptz;
      partition text;
    begin
      for ago in 1..${months} loop
        month := date_trunc('month', now(), 'UTC') - make_interval(months => ago);
        partition := 'login_logs_' || to_char(month at time zone 'UTC', 'YYYY_MM');
        execute format('create table %I (like login_logs_default including all)', partition);
        execute format(
          'alter table login_logs attach partition %I for values from (%L) to (%L)',
          partition, month, month + interval '1 month'
        );
      end loop;
    end
  $$`)
}

/** Adds users with the numbers from `first` to `last`. Their order in time is that of the numbers. */
export async function addUsers(cluster: Cluster, first: number, last: number): Promise<void> {
  await cluster.query(
    `with people as materialized (
      select uuidv7() as id, first, last, now() + number * interval '1 microsecond' as joined, local || to_hex(scattered) || '@' || domain as email
      from generate_series($1::integer, $2::integer) number,
        lateral (select
          (array['Anna','Boris','Clara','David','Elena','Farid','Greta','Hugo','Irina','Jonas','Katja','Liam','Maria',
            'Nikolai','Olga','Peter','Rosa','Stefan','Tanja','Viktor'])[1 + number * 7 % 20] as first,
          (array['Albers','Berger','Castro','Dietrich','Eriksen','Fischer','Garcia','Hansen','Ivanova','Jansen',
            'Keller','Lorenz','Moreau','Novak','Olsen','Petrov','Richter','Santos','Tamm','Virtanen','Weber'])
            [1 + number * 11 % 21] as last,
          (array['example.com', 'mail.example', 'example.net', 'work.example'])[1 + number % 4] as domain,
          number::bigint * 7368787 % 10000019 as scattered) as parts,
        lateral (select
          lower((array[first || '.' || last, first, left(first, 1) || last])[1 + number % 3]) as local) as names
    ), addresses as (
      insert into emails (address, user_id) select email, id from people
    )
    insert into users (id, email, first_name, last_name, password_hash, date_joined, last_login, search_text)
    select id, email, first, last, (select password_hash from users where password_hash is not null limit 1), joined,
      joined, lower(concat_ws(' ', email, first, last))
    from people`,
    'gatehouse',
    [first, last],
  )
}

/**
 * Adds the rows with the numbers from `first` to `last` of a step to the login log. The rows of each step are spread
 * over the past months and the current one, in the order of time. One user owns nine of ten rows.
 * @param step the numbers between which the step adds rows
 */
export async function addLoginLogs(
  cluster: Cluster,
  owner: string,
  [first, last]: [number, number],
  step: { from: number; to: number },
): Promise<void> {
  await cluster.query(
    `insert into login_logs (user_id, timestamp, id, ip_address, user_agent)
    select case when number % 10 = 0 then (array[$4::uuid, $5::uuid, $6::uuid])[1 + number / 10 % 3] else $3::uuid end,
      began + (now() - began) * ((number - $7::float8) / ($8::float8 - $7::float8 + 1)), gen_random_uuid(),
      '10.0.0.0'::inet + number::bigint * 7919 % 65536,
      'Mozilla/5.0 (' || (array['Windows NT 10.0; Win64; x64', 'X11; Linux x86_64', 'Macintosh; Intel Mac OS X 10_15_7',
        'iPhone; CPU iPhone OS 18_1 like Mac OS X', 'Linux; Android 15; Pixel 9'])[1 + number % 5]
      || ') ' || (array['AppleWebKit/537.36 (KHTML, like Gecko) Chrome/', 'Gecko/20100101 Firefox/',
        'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/'])[1 + number % 3] || 120 + number % 23 || '.0'
    from generate_series($1::integer, $2::integer) number,
      lateral (select date_trunc('month', now(), 'UTC') - make_interval(months => ${months}) as began) as year`,
    'gatehouse',
    [first, last, owner, randomUUID(), randomUUID(), randomUUID(), step.from, step.to],
  )
}
