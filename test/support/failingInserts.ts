import type { TestService } from './service.ts'

/** Makes each insert into a table fail while the work runs, for tests of transactions that fail. */
export async function withFailingInserts<Result>(
  service: TestService,
  table: 'sessions' | 'security_events',
  work: () => Promise<Result>,
): Promise<Result> {
  await service.sql(
    `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$`,
  )
  await service.sql(`create trigger refuse before insert on ${table} for each row execute function refuse()`)
  try {
    return await work()
  } finally {
    await service.sql(`drop trigger refuse on ${table}`)
    await service.sql('drop function refuse()')
  }
}
