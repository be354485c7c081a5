import assert from 'node:assert/strict'
import {
  addUser as createAccount,
  revokeSessionOfUser,
  revokeSessionsOfUser,
  updateUser,
} from '../../../src/domain/accounts/administration.ts'
import { requestEmailChange } from '../../../src/domain/accounts/emailChanges.ts'
import { eraseUser } from '../../../src/domain/accounts/erasure.ts'
import { readExport } from '../../../src/domain/accounts/exports.ts'
import { liftLockouts } from '../../../src/domain/accounts/lockouts.ts'
import { discardMail, retryMail, unsuppressAddress } from '../../../src/domain/accounts/mailActions.ts'
import type { Administrator } from '../../../src/domain/accounts/superusers.ts'
import { profileOf, updateProfile } from '../../../src/domain/accounts/users.ts'
import { Problem } from '../../../src/problems.ts'
import { TestService } from '../../support/service.ts'
import { addUser, insertMail, quickHash, type Person } from '../../support/users.ts'

const client = { ipAddress: '127.0.0.1', userAgent: 'test' }

/** What may happen to the actor between the authentication of a request and its transaction. */
const losses: [state: string, sql: string][] = [
  ['suspended', 'update users set is_active = false where id = $1'],
  ['signed out', 'update sessions set ended_at = now() where user_id = $1'],
  ['signed out everywhere', "update users set sessions_valid_after = now() + interval '1 s' where id = $1"],
  ['deleted', 'delete from users where id = $1'],
]

describe('the check of the caller within the transaction of a change (security 88)', () => {
  let service: TestService
  let verifiedHash: Uint8Array

  before(async () => {
    service = await TestService.start()
    verifiedHash = await quickHash
  })
  after(() => service.stop())

  const isProblem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code
  const db = () => service.service.services.db
  const countRows = () =>
    service.sql(
      'select (select count(*) from users), (select count(*) from mails), (select count(*) from email_changes)',
    )

  const administration: Record<string, (actor: Administrator, user: Person, mailId: string) => Promise<unknown>> = {
    addUser: (actor) => {
      const email = service.email()
      const user = { ...profileOf({}), passwordHash: null, is_superuser: true, email_confirmed: false }
      return createAccount(db(), { address: email, email, ...user }, actor)
    },
    updateUser: (actor, user) => updateUser(db(), user.id, { is_superuser: true }, actor),
    'updateUser of oneself': (actor) => updateUser(db(), actor.actorId, { is_superuser: true, is_active: true }, actor),
    revokeSessionsOfUser: (actor, user) => revokeSessionsOfUser(db(), user.id, actor),
    revokeSessionOfUser: (actor, { id, sessionId }) => revokeSessionOfUser(db(), { userId: id, sessionId }, actor),
    liftLockouts: (actor, { id }) => liftLockouts(db(), service.service.services.limits, id, actor),
    retryMail: (actor, _user, mailId) => retryMail(db(), mailId, actor),
    discardMail: (actor, _user, mailId) => discardMail(db(), mailId, actor),
    unsuppressAddress: (actor, { email }) => unsuppressAddress(db(), email, actor),
    eraseUser: (actor, user) => eraseUser(db(), user.id, actor),
  }
  for (const [name, change] of Object.entries(administration)) {
    for (const [state, sql] of [...losses, ['demoted', 'update users set is_superuser = false where id = $1'] as const])
      it(`refuses ${name} by a superuser who has been ${state}`, async () => {
        await addUser(service, { superuser: true }) // so that the other one is not the last
        const [superuser, user] = [await addUser(service, { superuser: true }), await addUser(service)]
        const mailId = await insertMail(service, user)
        await service.sql(sql, [superuser.id])
        const before = await countRows()
        const actor = { actorId: superuser.id, sessionId: superuser.sessionId, client }
        await assert.rejects(change(actor, user, mailId), isProblem('permission_denied'))
        assert.deepEqual(await countRows(), before)
        assert.deepEqual(await service.sql('select is_superuser from users where id = $1', [user.id]), [
          { is_superuser: false },
        ])
        assert.deepEqual(await service.sql('select status from mails where id = $1', [mailId]), [{ status: 'failed' }])
      })

    it(`allows ${name} by an active superuser`, async () => {
      const [superuser, user] = [await addUser(service, { superuser: true }), await addUser(service)]
      const mailId = await insertMail(service, user)
      await change({ actorId: superuser.id, sessionId: superuser.sessionId, client }, user, mailId)
    })
  }

  const own: Record<string, [code: string, (principal: { userId: string; sessionId: string }) => Promise<unknown>]> = {
    updateProfile: ['token_not_valid', (principal) => updateProfile(db(), principal, { first_name: 'Late' })],
    readExport: ['token_not_valid', (principal) => readExport(db(), principal, client)],
    requestEmailChange: [
      'current_password_incorrect',
      (principal) => {
        const email = service.email()
        return requestEmailChange(
          service.service.services,
          { address: email, email },
          { ...principal, verifiedHash },
          client,
        )
      },
    ],
    eraseUser: [
      'current_password_incorrect',
      ({ userId, sessionId }) => eraseUser(db(), userId, { verifiedHash, sessionId }),
    ],
  }
  for (const [name, [code, change]] of Object.entries(own)) {
    for (const [state, sql] of losses.filter(([loss]) => loss !== 'deleted'))
      it(`refuses ${name} by a user who has been ${state}`, async () => {
        const user = await addUser(service, { passwordHash: verifiedHash })
        await service.sql(sql, [user.id])
        const before = await countRows()
        await assert.rejects(change({ userId: user.id, sessionId: user.sessionId }), isProblem(code))
        assert.deepEqual(await countRows(), before)
      })

    it(`allows ${name} by a user who is signed in`, async () => {
      const user = await addUser(service, { passwordHash: verifiedHash })
      await change({ userId: user.id, sessionId: user.sessionId })
    })
  }
})
