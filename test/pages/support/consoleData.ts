import type { TestService } from '../../support/service.ts'
import { addUser, insertMail, insertUser } from '../../support/users.ts'

const browsers = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 Version/26.1 Mobile/15E148 Safari/604.1',
]

/** Fills a service with users, logs and mails of every kind, and with long and empty values. */
export async function addConsoleData(service: TestService): Promise<void> {
  const ann = await addUser(service)
  const long = `a.rather.long.name.that.does.not.fit.into.a.narrow.column@${'mail.'.repeat(8)}example.com`
  const longId = await insertUser(service, long)
  await insertUser(service, 'suspended@example.com', { isActive: false })
  for (let number = 1; number <= 26; number++) await insertUser(service, `person${number}@example.com`)
  await service.sql(`update users set first_name = 'Ann', last_name = 'Lee' where id = $1`, [ann.id])
  await service.sql(
    `insert into login_logs (user_id, id, ip_address, user_agent, timestamp)
     select $1, gen_random_uuid(), case when number % 3 = 0 then '2001:db8:85a3::8a2e:370:7334' else '203.0.113.7' end::inet,
       ($2::text[])[1 + number % 3], now() - number * number * interval '23 minutes'
     from generate_series(1, 40) number`,
    [ann.id, browsers],
  )
  await service.sql(
    `insert into security_events (user_id, id, type, ip_address, user_agent, timestamp)
     select $1, gen_random_uuid(), case when number % 9 = 0 then 'account_locked' else 'sign_in_failed' end,
       '198.51.100.20', $2, now() - number * interval '47 minutes'
     from generate_series(1, 30) number`,
    [longId, browsers[1]],
  )
  await service.sql('update users set search_text = lower(email)')
  for (const status of ['failed', 'queued', 'sent', 'dropped']) await insertMail(service, ann, { status })
  await insertMail(service, { id: longId, email: long }, { kind: 'new_device' })
  await service.sql(
    `insert into suppressed_addresses (address, source, reason, diagnostic)
     values ('gone@example.com', 'smtp', '5.1.1', '550 5.1.1 The email account that you tried to reach does not exist.')`,
  )
}
