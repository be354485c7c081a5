import assert from 'node:assert/strict'
import { assertProblem, assertUnauthorized } from '../../support/answers.ts'
import type { Call, OperationId, TestService } from '../../support/service.ts'
import { addOwner, addUser, type Person } from '../../support/users.ts'

type Options = {
  superuser?: boolean
  /** Requests that the operation must refuse for their credentials alone: one with other errors, and a valid one. */
  calls?: (person: Person) => Call[]
}

/** Describes that an operation identifies its caller before it reads the rest of a request. */
export function describeCredentials(
  operationId: OperationId,
  service: () => TestService,
  { superuser = false, calls = () => [{}] }: Options = {},
): void {
  describe('the credentials of the caller (security 40, 76)', () => {
    let person: Person
    beforeEach(async () => {
      person = await addOwner(service(), { superuser })
    })

    it('are required, and are checked before the rest of the request', async () => {
      for (const call of calls(person)) {
        assertUnauthorized(await service().call(operationId, call), 'not_authenticated')
        const byRefreshToken = { ...call, token: person.refresh }
        assertUnauthorized(await service().call(operationId, byRefreshToken), 'token_not_valid')
      }
    })

    for (const [title, code, change] of [
      ['a suspended user', 'user_inactive', 'update users set is_active = false where id = $1'],
      ['a deleted user', 'user_not_found', 'delete from users where id = $1'],
      ['an ended session', 'token_not_valid', 'update sessions set ended_at = now() where user_id = $1'],
      ['an idle session', 'token_not_valid', 'update sessions set idle_until = now() where user_id = $1'],
      [
        'a session beyond its maximum age',
        'token_not_valid',
        'update sessions set absolute_until = now() where user_id = $1',
      ],
    ] as const) {
      it(`get 401 at once if they belong to ${title}: ${code}`, async () => {
        await service().sql(change, [person.id])
        const before = await rowsOf(service(), person)
        for (const call of calls(person))
          assertUnauthorized(await service().call(operationId, { ...call, token: person.access }), code)
        assert.deepEqual(await rowsOf(service(), person), before)
      })
    }
  })
}

/** Describes that only superusers may call an operation on a user. */
export function describeSuperusersOnly(
  operationId: OperationId,
  service: () => TestService,
  bodies: (Record<string, unknown> | undefined)[] = [undefined],
): void {
  describe('access for users who are no superusers (security 76)', () => {
    it('gets 403 before the body is read, even for their own id', async () => {
      const [user, superuser] = [await addUser(service()), await addUser(service(), { superuser: true })]
      const rows = () => Promise.all([user, superuser].map((person) => rowsOf(service(), person)))
      const before = await rows()
      for (const { id } of [user, superuser]) {
        for (const body of bodies) {
          const call = { path: { user_id: id }, body }
          assertProblem(await service().call(operationId, { ...call, token: user.access }), 403, 'permission_denied')
          assertUnauthorized(await service().call(operationId, call), 'not_authenticated')
        }
      }
      assert.deepEqual(await rows(), before)
      assert.equal((await service().call('getMe', { token: user.access })).status, 200)
    })
  })
}

/** Returns what a refused request must not change. */
export function rowsOf(service: TestService, { id }: { id: string }): Promise<unknown[]> {
  return Promise.all(
    [
      'select * from users where id = $1',
      'select * from emails where user_id = $1 order by address',
      'select * from sessions where user_id = $1 order by id',
      'select * from codes where user_id = $1 order by hash',
      'select id, kind, address from mails where user_id = $1 order by id',
      'select id, type from security_events where user_id = $1 order by id',
    ].map((text) => service.sql(text, [id])),
  )
}
