import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { listOperations, readDocument } from '../../scripts/openapi.ts'
import { loadConfig } from '../../src/config/config.ts'
import { minUndoTime } from '../../src/domain/accounts/emailUndo.ts'
import { intervalCap, periods } from '../../src/domain/events/statistics.ts'
import { maxSubjects } from '../../src/domain/limits/limitUse.ts'
import { siteMultiple } from '../../src/domain/limits/networkCounter.ts'
import { listsPerUser } from '../../src/domain/lists.ts'
import { activationLifetime, invitationLifetime, recoveryLifetime, undoLifetime } from '../../src/domain/mails/codes.ts'
import { countCap, scanReach } from '../../src/domain/pagination.ts'
import { maxRetries } from '../../src/domain/sessions/sessions.ts'
import { maxBody } from '../../src/http/body.ts'
import { maxTarget } from '../../src/http/dispatch.ts'
import { maxOfConnection } from '../../src/http/inFlight.ts'
import { maxHeader } from '../../src/http/server.ts'

const units: Record<string, number> = { second: 1, minute: 60, hour: 3600, day: 86_400, KiB: 1024 }
const words: Record<string, number> = { a: 1, one: 1, two: 2, four: 4 }
const statement = new RegExp(
  String.raw`(?<![\w./-])(\d[\d,]*|one|two|four|a(?= day)) ` +
    '(second|minute|hour|day|KiB|fields|records|unanswered|list requests|repeated requests|times the limit)|' +
    String.raw`(?<![\w./-])(\d+,\d{3})\b`,
  'g',
)

/** Reads the numbers in a text: times in seconds, sizes in bytes, and counts. */
function readNumbers(text: string): number[] {
  return [...text.replaceAll(/\s+/g, ' ').matchAll(statement)].map(([, number = '', unit = '', alone]) => {
    const digits = alone ?? number
    return (words[digits] ?? Number(digits.replaceAll(',', ''))) * (units[unit] ?? 1)
  })
}

/** Collects the numbers in all descriptions below a node, in their order. */
function collectNumbers(node: unknown): number[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]) =>
    key === 'description' && typeof value === 'string' ? readNumbers(value) : collectNumbers(value),
  )
}

async function readSql(path: string, pattern: RegExp): Promise<number> {
  const text = await readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
  return Number(pattern.exec(text)?.[1])
}

const present = (entries: [string, number[]][]) =>
  Object.fromEntries(entries.filter(([, numbers]) => numbers.length > 0))

describe('the numbers in the descriptions of the contract', () => {
  const document = readDocument()
  const { config } = loadConfig({})

  it('equal the values in the code: the general description', () => {
    assert.deepEqual(readNumbers(document.info.description), [
      maxBody,
      countCap,
      scanReach,
      maxTarget,
      maxHeader.size,
      maxHeader.fields,
      maxOfConnection,
      listsPerUser.running,
      listsPerUser.maxWait / 1000,
      siteMultiple,
    ])
  })

  it('equal the values in the code: operations', async () => {
    const days = await readSql('generated/schema.sql', /create table registrations \([^;]*expires_at .*'(\d+) days'/)
    const hours = await readSql('sql/queries/retention.sql', /'account_deleted' and created_at < .*'(\d+) hours'/)
    const sent = await readSql('sql/queries/retention.sql', /'sent', 'failed'\) and created_at < .*'(\d+) days'/)
    const dropped = await readSql('sql/queries/retention.sql', /'dropped' and created_at < .*'(\d+) day'/)
    const suppressed = await readSql('sql/queries/retention.sql', /from suppressed_addresses where .*'(\d+) days'/)
    const repeatable = await readSql('sql/queries/idempotencyKeys.sql', /created_at < now\(\) - interval '(\d+) hours'/)
    const operations = listOperations(document)
    assert.deepEqual(present(operations.map((operation) => [operation.operationId, collectNumbers(operation)])), {
      registerUser: [activationLifetime, days * 86_400],
      resendActivation: [recoveryLifetime],
      forgotPassword: [recoveryLifetime],
      deleteMe: [(hours + 1) * 3600], // the clean-up runs every hour
      confirmEmail: [undoLifetime, minUndoTime],
      createUser: [invitationLifetime, repeatable * 3600],
      listMails: [sent * 86_400, dropped * 86_400],
      listLimits: [maxSubjects],
      listSuppressedAddresses: [suppressed * 86_400],
      refreshToken: [config.refreshGrace, maxRetries],
    })
  })

  it('equal the values in the code: components', async () => {
    const days = await readSql('sql/queries/retention.sql', /from suppressed_addresses where .*'(\d+) days'/)
    const { day, month } = periods
    const lengths = [day, month].map(({ hours, intervals }) => hours * intervals * 3600)
    const components = Object.values(document.components).flatMap((room) => Object.entries(room as object))
    assert.deepEqual(present(components.map(([name, component]) => [name, collectNumbers(component)])), {
      ContentTooLarge: [maxBody],
      Count: [countCap, scanReach],
      Limits: [maxSubjects],
      AddressKind: [undoLifetime],
      AdminUser: [days * 86_400],
      SessionsRevoked: [countCap],
      Period: lengths,
      SignInInterval: [intervalCap, intervalCap],
      TokenPair: [config.accessTokenLifetime, config.refreshTokenLifetime, config.sessionLifetime],
    })
  })
})
