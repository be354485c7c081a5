import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { deriveSecrets } from '../../src/domain/keys/secrets.ts'
import { query } from '../support/database.ts'
import { StartRoom } from '../support/start.ts'
import { decode, forge } from '../support/tokens.ts'

const secretKey = 'a secret key for this test, long enough'
const issuer = 'http://accounts.test'
const clients = 12

/** A client that refreshes again and again. It does not know the tokens of an answer that was lost. */
type Client = { refresh: string; acknowledged: number; lost: number }

describe('refreshToken while the service is killed (security 36)', function () {
  this.timeout(60_000)
  const room = new StartRoom()

  const start = async () => {
    const service = room.startOnDatabase({ SECRET_KEY: secretKey, HOST_FOR_SEND_MAIL: issuer })
    return { service, url: await service.url() }
  }

  /** Inserts a user with a session by SQL. @returns the client with its first refresh token */
  async function addClient(): Promise<Client> {
    const [userId, sessionId, now] = [randomUUID(), randomUUID(), Math.floor(Date.now() / 1000)]
    await query(
      room.databaseUrl,
      `with the_user as (insert into users (id, email, language, is_active) values ($1, $3, 'en', true))
       insert into sessions (user_id, id, idle_until, absolute_until, ip_address, user_agent)
       values ($1, $2, now() + interval '1 day', now() + interval '30 days', '127.0.0.1', 'test')`,
      [userId, sessionId, `${userId}@example.com`],
    )
    const secrets = deriveSecrets(secretKey)
    const ids = { sub: userId, user_id: userId, sid: sessionId, jti: '0'.repeat(32), gen: 1 }
    const claims = { ...ids, token_type: 'refresh', iat: now, exp: now + 86_400, iss: issuer, aud: issuer }
    const header = { alg: 'HS256', typ: 'refresh+jwt', kid: secrets.id }
    return { refresh: forge({ header, claims }, secrets.refreshTokens), acknowledged: 0, lost: 0 }
  }

  /** Refreshes. @returns whether the client got an answer. @throws if its status is not 200 */
  async function renew(url: string, client: Client): Promise<boolean> {
    const body = JSON.stringify({ refresh: client.refresh })
    const answer = await fetch(`${url}/api/v1/auth/token/refresh/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    })
      .then(async (reply) => ({ status: reply.status, body: (await reply.json()) as { refresh: string } }))
      .catch(() => undefined)
    if (!answer) return false
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    client.refresh = answer.body.refresh
    client.acknowledged++
    return true
  }

  it('loses no token that a client received, and accepts every retry', async () => {
    const all = await Promise.all(Array.from({ length: clients }, addClient))
    for (const acknowledged of [1, 40, 150]) {
      const { service, url } = await start()
      const before = all.reduce((sum, client) => sum + client.acknowledged, 0)
      await Promise.all(
        all.map(async (client) => {
          while (await renew(url, client))
            if (all.reduce((sum, one) => sum + one.acknowledged, 0) >= before + acknowledged) service.kill('SIGKILL')
          client.lost++
        }),
      )
      await service.ended
    }
    const { url } = await start()
    // Each client sends the last token that it got, which is a rotation or a retry.
    for (const client of all) assert.ok(await renew(url, client))
    const rows = await query<{ id: string; generation: number; ended_at: unknown }>(
      room.databaseUrl,
      'select id, generation, ended_at from sessions',
    )
    const events = await query(room.databaseUrl, 'select type from security_events')
    assert.deepEqual(events, [])
    for (const { refresh, acknowledged, lost } of all) {
      const { sid, gen } = decode(refresh).claims
      const row = rows.find(({ id }) => id === sid)
      assert.deepEqual([row?.ended_at, row?.generation, lost], [null, gen, 3])
      assert.ok(acknowledged >= 1)
    }
  })
})
