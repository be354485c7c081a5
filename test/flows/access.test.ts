import assert from 'node:assert/strict'
import { assertProblem } from '../support/answers.ts'
import { password, TestService, type Answer, type Call, type OperationId } from '../support/service.ts'
import { insertCode, insertMail, addUser, quickHash, type Person } from '../support/users.ts'
import { operations, type Operation } from '../support/operations.ts'

type Access = 'public' | 'user' | 'superuser'
const callers = ['anonymous', 'owner', 'other user', 'superuser'] as const
type Caller = (typeof callers)[number]

/** Who may call each operation according to the contract. */
const accessOf = new Map<string, Access>(
  operations.map(({ id, secured, roles }) => [
    id,
    !secured ? 'public' : roles.includes('superuser') ? 'superuser' : 'user',
  ]),
)

// The members of a body that contain a token, which is then the credential of the request.
const tokenMembers = ['refresh', 'token']

describe('access to operations according to openapi.yaml (security 42, 76)', () => {
  let service: TestService
  let passwordHash: Uint8Array
  const table: string[] = []
  before(async () => {
    service = await TestService.start()
    passwordHash = await quickHash
  })
  after(async () => {
    await service.stop()
    // ACCESS_TABLE=1 npx mocha test/flows/access.test.ts prints the table.
    if (process.env['ACCESS_TABLE'])
      console.log([`| operation | ${callers.join(' | ')} |`, '|---|---|---|---|---|', ...table].join('\n'))
  })

  const isOwnersOnly = ({ template }: Operation) => template.includes('{session_id}')

  /** Calls an operation with the owner's ids in the path and valid values in the body. */
  async function call(operation: Operation, owner: Person, caller?: Person): Promise<Answer> {
    const { id, example } = operation
    const real: Record<string, unknown> = {
      current_password: password,
      email: id === 'createToken' ? owner.email : service.email(),
      refresh: owner.refresh,
      token: owner.access,
      ...(id === 'createToken' ? { password } : {}),
      ...(example && 'code' in example ? { code: await codeFor(id, owner) } : {}),
    }
    const body =
      example && Object.fromEntries(Object.entries(example).map(([name, value]) => [name, real[name] ?? value]))
    const mail_id = operation.template.includes('{mail_id}') ? await insertMail(service, owner) : ''
    const call: Call = { path: { user_id: owner.id, session_id: owner.sessionId, mail_id } }
    if (body) call.body = body
    if (id === 'activateUser') call.query = { code: await codeFor(id, owner) }
    if (caller) call.token = caller.access
    return service.call(id, call)
  }

  function codeFor(id: OperationId, owner: Person): Promise<string> {
    const purpose = id === 'restorePassword' ? 'restore' : 'activate'
    return insertCode(service, owner.id, purpose)
  }

  const people: Record<Caller, () => Promise<Person | undefined>> = {
    anonymous: () => Promise.resolve(undefined),
    owner: () => Promise.resolve(undefined),
    'other user': () => addUser(service, { passwordHash }),
    superuser: () => addUser(service, { passwordHash, superuser: true }),
  }

  it('is documented for every operation', () => {
    assert.equal(accessOf.size, operations.length)
    for (const access of ['public', 'user', 'superuser'] as const)
      assert.ok([...accessOf.values()].filter((one) => one === access).length > 5, access)
  })

  for (const operation of operations) {
    const access = accessOf.get(operation.id)
    it(`is granted by ${operation.id} only to callers of the kind: ${String(access)}`, async () => {
      const statuses: number[] = []
      for (const caller of callers) {
        const owner = await addUser(service, { passwordHash })
        const person = caller === 'owner' ? owner : await people[caller]()
        const answer = await call(operation, owner, person)
        statuses.push(answer.status)
        assertAllowed(operation, caller, answer)
        const mayName = access === 'public' || caller === 'owner' || (caller === 'superuser' && access === 'superuser')
        const logs = caller === 'superuser' && operation.path.includes('/logs/')
        if (!mayName && !logs)
          assert.ok(!JSON.stringify(answer.body).includes(owner.id), `${operation.id} names the owner to ${caller}`)
      }
      table.push(`| ${operation.id} | ${statuses.join(' | ')} |`)
    })
  }

  function assertAllowed(operation: Operation, caller: Caller, answer: Answer): void {
    const access = accessOf.get(operation.id)
    const message = `${operation.id} for ${caller}: ${answer.status} ${JSON.stringify(answer.body)}`
    if (access === 'public') {
      const credential = Object.keys(operation.example ?? {}).some(
        (name) => tokenMembers.includes(name) || name === 'code',
      )
      const refused = [401, 403, 404].includes(answer.status)
      assert.ok(answer.status < 500 && (!refused || credential), message)
      return
    }
    if (caller === 'anonymous') assertProblem(answer, 401, 'not_authenticated')
    else if (access === 'superuser' && caller !== 'superuser') assertProblem(answer, 403, 'permission_denied')
    else if (access === 'user' && isOwnersOnly(operation) && caller !== 'owner') assertProblem(answer, 404, 'not_found')
    else assert.ok(answer.status < 300, message)
  }

  describe('access with an invalid token (security 40, 43)', () => {
    for (const operation of operations.filter(({ secured }) => secured)) {
      it(`is refused by ${operation.id}, as is that of a suspended or deleted user`, async () => {
        const owner = await addUser(service)
        const suspended = await addUser(service, { superuser: true })
        await service.sql('update users set is_active = false where id = $1', [suspended.id])
        assertProblem(await call(operation, owner, { ...owner, access: 'none' }), 401, 'token_not_valid')
        assertProblem(await call(operation, owner, suspended), 401, 'user_inactive')
        await service.sql('delete from users where id = $1', [suspended.id])
        assertProblem(await call(operation, owner, suspended), 401, 'user_not_found')
      })
    }
  })

  it('is granted to the records of other users only for superusers', async () => {
    const owner = await addUser(service)
    for (const id of ['listLoginLogs', 'listSecurityEvents'] as const) {
      const query = { user: owner.id }
      assertProblem(await service.call(id, { query, token: (await addUser(service)).access }), 403, 'permission_denied')
      assert.equal((await service.call(id, { query, token: owner.access })).status, 200)
      const superuser = await addUser(service, { superuser: true })
      assert.equal((await service.call(id, { query, token: superuser.access })).status, 200)
    }
  })

  it('is refused after the role is revoked, even with an older token (security 49)', async () => {
    const superuser = await addUser(service, { superuser: true })
    assert.equal((await service.call('listUsers', { token: superuser.access })).status, 200)
    await service.sql('update users set is_superuser = false where id = $1', [superuser.id])
    assertProblem(await service.call('listUsers', { token: superuser.access }), 403, 'permission_denied')
  })
})
