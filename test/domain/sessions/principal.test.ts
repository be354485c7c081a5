import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createPrincipalLoader } from '../../../src/domain/sessions/principal.ts'
import { Problem } from '../../../src/problems.ts'
import { TestService } from '../../support/service.ts'
import { noteStatements } from '../../support/statements.ts'
import { addSession, addUser, type Person } from '../../support/users.ts'

describe('principals of simultaneous requests (security 40, 49)', () => {
  let service: TestService
  let people: Person[]

  before(async () => {
    service = await TestService.start()
    people = await Promise.all(Array.from({ length: 12 }, () => addUser(service)))
  })
  after(() => service.stop())

  const load = (claims: { userId: string; sessionId: string }[]) => {
    const loadPrincipal = createPrincipalLoader(service.service.services.db)
    return Promise.all(
      claims.map((each) =>
        loadPrincipal(each).then(
          ({ user, sessionId }) => `${user.id} ${user.email} ${sessionId}`,
          (error: unknown) => (error instanceof Problem ? error.code : error),
        ),
      ),
    )
  }
  const claimsOf = ({ id, sessionId }: Pick<Person, 'id' | 'sessionId'>) => ({ userId: id, sessionId })
  const loaded = ({ id, email, sessionId }: Person) => `${id} ${email} ${sessionId}`

  it('are the users and sessions of their own tokens, in one statement', async () => {
    const [first] = people
    assert.ok(first)
    const again = { ...first, ...(await addSession(service, first.id)) }
    const all = [...people.toReversed(), first, again, ...people]
    const statements = noteStatements(service)
    assert.deepEqual(await load(all.map(claimsOf)), all.map(loaded))
    assert.equal(statements.length, 1)
  })

  it('are refused each for its own reason', async () => {
    const [live, other, suspended, ended] = people as [Person, Person, Person, Person]
    await service.sql('update users set is_active = false where id = $1', [suspended.id])
    await service.sql('update sessions set ended_at = now() where id = $1', [ended.sessionId])
    const unknown = { userId: randomUUID(), sessionId: randomUUID() }
    assert.deepEqual(
      await load([
        claimsOf(suspended),
        claimsOf(live),
        unknown,
        { userId: live.id, sessionId: other.sessionId },
        claimsOf(ended),
        claimsOf(other),
      ]),
      ['user_inactive', loaded(live), 'user_not_found', 'token_not_valid', 'token_not_valid', loaded(other)],
    )
  })
})
