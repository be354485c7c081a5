import assert from 'node:assert/strict'
import { addUser as createAccount, revokeSessionsOf, updateUser } from '../../../src/domain/accounts/administration.ts'
import { requestEmailChange } from '../../../src/domain/accounts/emailChanges.ts'
import { eraseUser } from '../../../src/domain/accounts/erasure.ts'
import { readExport } from '../../../src/domain/accounts/exports.ts'
import type { Actor } from '../../../src/domain/accounts/superusers.ts'
import { updateProfile } from '../../../src/domain/accounts/users.ts'
import { Problem } from '../../../src/problems.ts'
import { TestService } from '../../support/service.ts'
import { addUser, quickHash, type Person } from '../../support/tokens.ts'

const client = { ipAddress: '127.0.0.1', userAgent: 'test' }

/** What ends a right to act after a request was let in, before its transaction begins. */
const losses: [what: string, sql: string][] = [
  ['suspended', 'update users set is_active = false where id = $1'],
  ['signed out', 'update sessions set ended_at = now() where user_id = $1'],
  ['signed out everywhere', "update users set sessions_valid_after = now() + interval '1 s' where id = $1"],
  ['deleted', 'delete from users where id = $1'],
]

describe('an act in its transaction (security 88)', () => {
  let service: TestService
  let verifiedHash: Uint8Array

  before(async () => {
    service = await TestService.start()
    verifiedHash = await quickHash
  })
  after(() => service.stop())

  const refusesAs = (code: string) => (error: unknown) => error instanceof Problem && error.code === code
  const db = () => service.service.services.db
  const traces = () =>
    service.sql(
      'select (select count(*) from users), (select count(*) from mails), (select count(*) from email_changes)',
    )

  const administration: Record<string, (by: Actor, user: Person) => Promise<unknown>> = {
    addUser: (by) => {
      const email = service.email()
      const names = { firstName: '', lastName: '', language: 'en', passwordHash: null }
      return createAccount(db(), { address: email, email, ...names, isSuperuser: true, emailConfirmed: false }, by)
    },
    updateUser: (by, user) => updateUser(db(), user.id, { isSuperuser: true }, by),
    'updateUser of oneself': (by) => updateUser(db(), by.actorId, { isSuperuser: true, isActive: true }, by),
    revokeSessionsOf: (by, user) => revokeSessionsOf(db(), user.id, by),
    eraseUser: (by, user) => eraseUser(db(), user.id, by),
  }
  for (const [name, act] of Object.entries(administration)) {
    for (const [what, sql] of [...losses, ['demoted', 'update users set is_superuser = false where id = $1'] as const])
      it(`${name} is refused to a superuser who was ${what}`, async () => {
        await addUser(service, { superuser: true }) // the last one would be kept
        const [superuser, user] = [await addUser(service, { superuser: true }), await addUser(service)]
        await service.sql(sql, [superuser.id])
        const before = await traces()
        const by = { actorId: superuser.id, sessionId: superuser.sessionId, client }
        await assert.rejects(act(by, user), refusesAs('permission_denied'))
        assert.deepEqual(await traces(), before)
        assert.deepEqual(await service.sql('select is_superuser from users where id = $1', [user.id]), [
          { is_superuser: false },
        ])
      })

    it(`${name} is open to an active superuser`, async () => {
      const [superuser, user] = [await addUser(service, { superuser: true }), await addUser(service)]
      await act({ actorId: superuser.id, sessionId: superuser.sessionId, client }, user)
    })
  }

  const own: Record<string, [code: string, (who: { userId: string; sessionId: string }) => Promise<unknown>]> = {
    updateProfile: ['token_not_valid', (who) => updateProfile(db(), who, { firstName: 'Late' })],
    readExport: ['token_not_valid', (who) => readExport(db(), who, client)],
    requestEmailChange: [
      'current_password_incorrect',
      (who) => {
        const email = service.email()
        return requestEmailChange(service.service.services, { address: email, email }, { ...who, verifiedHash }, client)
      },
    ],
    eraseUser: [
      'current_password_incorrect',
      ({ userId, sessionId }) => eraseUser(db(), userId, { verifiedHash, sessionId }),
    ],
  }
  for (const [name, [code, act]] of Object.entries(own)) {
    for (const [what, sql] of losses.filter(([loss]) => loss !== 'deleted'))
      it(`${name} is refused to a user who was ${what}`, async () => {
        const user = await addUser(service, { passwordHash: verifiedHash })
        await service.sql(sql, [user.id])
        const before = await traces()
        await assert.rejects(act({ userId: user.id, sessionId: user.sessionId }), refusesAs(code))
        assert.deepEqual(await traces(), before)
      })

    it(`${name} is open to a user who is signed in`, async () => {
      const user = await addUser(service, { passwordHash: verifiedHash })
      await act({ userId: user.id, sessionId: user.sessionId })
    })
  }
})
