import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import type { TestService } from '../../support/service.ts'

/** The id of a user, and other texts that identify the user in the database. */
export type Traces = { id: string; addresses: string[]; name: string; device: string; network: string }

export const eventTypes =
  `sign_in_failed new_device refresh_reused session_network_changed sessions_revoked password_changed password_restored
  email_change_requested email_changed email_change_undone email_undo_ended export_made user_created user_updated user_suspended
  user_activated user_deleted superuser_granted superuser_revoked keys_rotated lockouts_lifted mail_retried mail_discarded
  email_unsuppressed`.split(/\s+/)

/** Inserts rows of every kind about a user into every table about users. @returns texts that only they contain */
export async function fillEverything(
  service: TestService,
  { id, email }: { id: string; email: string },
  { actorId = randomUUID(), network = '198.51.100.' }: { actorId?: string; network?: string } = {},
): Promise<Traces> {
  const [name, device, held, wanted] = [`Name of ${email}`, `Device of ${email}`, `held-${email}`, `wanted-${email}`]
  const [ip, stranger] = [`${network}77`, randomUUID()]
  const run = (text: string, ...values: unknown[]) => service.sql(text, values)
  await run(
    `update users set email = upper(left(email, 1)) || substr(email, 2), first_name = $2, last_name = 'Ж', language = 'ru',
       search_text = lower($2), last_login = '2026-03-01T10:00:00Z', date_joined = '2026-01-01T00:00:00Z'
     where id = $1`,
    id,
    name,
  )
  await run(
    `insert into emails (address, user_id, kind, held_until) values ($1, $2, 'held', now() + interval '6 days')`,
    held,
    id,
  )
  await run(
    `insert into email_changes (user_id, id, address, email, old_address, old_email, requested_at, confirmed_at, undone_at)
     values ($1, gen_random_uuid(), $2, $2, $3, $3, '2026-02-01Z', '2026-02-02Z', '2026-02-03Z'),
       ($1, gen_random_uuid(), $4, $4, $3, $3, '2026-02-04Z', '2026-02-05Z', null),
       ($1, gen_random_uuid(), $2, $2, null, null, '2026-02-06Z', null, null)`,
    id,
    wanted,
    held,
    email,
  )
  await run(
    `insert into sessions (user_id, id, created_at, idle_until, absolute_until, ip_address, user_agent, ended_at, ended_by)
     values ($1, gen_random_uuid(), '2026-01-02Z', '2026-01-03Z', '2026-02-02Z', $2, $3, '2026-01-02T01:00:00Z', 'signed_out'),
       ($1, gen_random_uuid(), '2026-01-05Z', '2026-01-06Z', '2026-02-05Z', $2, $3, null, null)`,
    id,
    ip,
    device,
  )
  await run(
    `insert into devices (user_id, network, device, first_seen_at)
     values ($1, $2, $3, '2026-01-05Z'), ($1, '2001:db8::/64', $3, '2026-01-02Z')`,
    id,
    `${network}0/24`,
    device,
  )
  await run(
    `insert into login_logs (user_id, id, timestamp, ip_address, user_agent)
     select $1, gen_random_uuid(), timestamptz '2026-01-05Z' - number * interval '1 day', $2, $3 from generate_series(0, 4) number`,
    id,
    ip,
    device,
  )
  await run(
    `insert into security_events (user_id, id, type, timestamp, ip_address, user_agent)
     select $1, gen_random_uuid(), type, timestamptz '2026-02-01Z' - number * interval '1 hour', $2, $3
     from unnest($4::text[]) with ordinality as event (type, number)`,
    id,
    ip,
    device,
    eventTypes,
  )
  await run(
    `insert into security_events (user_id, id, type, timestamp, actor_id, ip_address, user_agent)
     values ($1, gen_random_uuid(), 'user_updated', '2026-02-02Z', $2, '192.0.2.200', 'an administrator'),
       ($2, gen_random_uuid(), 'user_updated', '2026-02-03Z', $1, $3, $4)`,
    id,
    actorId,
    ip,
    device,
  )
  await run(
    `insert into suppressed_addresses (address, source, reason, diagnostic) values ($1, 'smtp', '5.1.1', '')
     on conflict do nothing`,
    email,
  )
  await run(
    `insert into idempotency_keys (actor_id, key_hash, request_hash, user_id)
     values ($1, $3, $3, gen_random_uuid()), ($2, $3, $3, $1)`,
    id,
    actorId,
    createHash('sha256').update(randomUUID()).digest(),
  )
  await run('insert into legacy_ids (legacy_id, user_id) values ($1, $2)', `old-${id}`, id)
  for (const [address, registered] of [
    [email, stranger],
    [held, randomUUID()],
  ]) {
    await run(
      `insert into registrations (user_id, address, email, first_name, last_name, language, password_hash, ip_address, user_agent)
       values ($1, $2, $2, '', '', 'en', '\\x00', '192.0.2.201', 'a stranger')`,
      registered,
      address,
    )
  }
  for (const [owner, purpose, used, about] of [
    [id, 'activate', true, null],
    [id, 'restore', false, null],
    [id, 'undo_email', false, null],
    [stranger, 'activate', false, null],
    [randomUUID(), 'activate', false, id],
  ] as const) {
    await run(
      `insert into codes (user_id, hash, purpose, mail_id, expires_at, used_at, about)
       values ($1, $2, $3, gen_random_uuid(), now() + interval '1 hour', $4, $5)`,
      owner,
      createHash('sha256').update(randomUUID()).digest(),
      purpose,
      used ? '2026-01-01Z' : null,
      about,
    )
  }
  await run(
    `insert into mails (id, kind, address, user_id, status, created_at, sent_at, last_error)
     values (gen_random_uuid(), 'activation', $2, $1, 'sent', '2025-12-31Z', '2026-01-01Z', null),
       (gen_random_uuid(), 'restore', $2, null, 'sent', '2026-01-03Z', '2026-01-03Z', null),
       (gen_random_uuid(), 'confirm_email', $4, $1, 'failed', '2026-01-04Z', null, '550 no'),
       (gen_random_uuid(), 'activation', $2, $5, 'dropped', '2026-01-05Z', null, null),
       (gen_random_uuid(), 'email_changed', $3, $1, 'failed', '2026-01-06Z', null, null)`,
    id,
    email,
    held,
    wanted,
    stranger,
  )
  return { id, addresses: [email, held, wanted], name, device, network }
}

type Table = { table: string; about: boolean }

/** Lists every table, including those of the queue, and whether its columns say that it may be about a user. */
function listTables(service: TestService): Promise<Table[]> {
  return service.sql<Table>(
    `select format('%I.%I', t.table_schema, t.table_name) as table,
       exists (
         select from information_schema.columns c
         where c.table_schema = t.table_schema and c.table_name = t.table_name
           and c.column_name ~ '^(user_id|actor_id)$|(^|_)(email|address)$'
       ) as about
     from information_schema.tables t
     where t.table_type = 'BASE TABLE' and t.table_schema not in ('pg_catalog', 'information_schema')
       and t.table_name !~ '_(default|\\d{4}_\\d\\d)$'`, // partitions
  )
}

/** Lists the tables with a row that contains one of the texts in any column. */
export async function tablesWith(service: TestService, ...texts: string[]): Promise<string[]> {
  const tables = (await listTables(service)).map(
    ({ table }) =>
      `select '${table}' as table where exists (
         select from ${table} t, unnest($1::text[]) text where strpos(lower(t::text), lower(text)) > 0
       )`,
  )
  const found = await service.sql<Table>(tables.join(' union all '), [texts])
  return found.map(({ table }) => table.replace('public.', '')).sort()
}

/** Asserts that every table about users has rows about this user. `fillEverything` must fill each new table. */
export async function assertEverywhere(service: TestService, { id, addresses }: Traces): Promise<void> {
  const tables = await tablesWith(service, id, ...addresses)
  const all = (await listTables(service)).filter(({ about }) => about)
  assert.ok(all.length >= 10)
  for (const { table } of all) assert.ok(tables.includes(table.replace('public.', '')), `${table} has nothing to erase`)
}

/**
 * Asserts that no row of any table is about the user, except security events, the idempotency key of the request
 * that created the user, and the user's legacy id. Those contain the id alone. First waits until the notice is sent, whose row has the address,
 * and until the jobs of dropped mails have ended, which then clear the address.
 */
export async function assertErased(
  service: TestService,
  { id, addresses, name, device, network }: Partial<Traces> & { id: string },
): Promise<void> {
  await service.countMails()
  const texts = [...(addresses ?? []), name, device, network].filter((text) => text !== undefined)
  assert.deepEqual(await tablesWith(service, ...texts), [])
  const knowing = await tablesWith(service, id)
  assert.ok(
    knowing.every((table) => ['security_events', 'idempotency_keys', 'legacy_ids'].includes(table)),
    `${id} is in ${knowing.join()}`,
  )
  const telling = await service.sql(
    `select type from security_events
     where $1 in (user_id, actor_id) and (ip_address is not null or user_agent is not null)`,
    [id],
  )
  assert.deepEqual(telling, [])
  assert.deepEqual(await service.sql('select from idempotency_keys where actor_id = $1', [id]), [])
}
