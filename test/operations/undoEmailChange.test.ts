import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { assertProblem } from '../support/answers.ts'
import { eventsOf } from '../support/securityEvents.ts'
import { password, TestService } from '../support/service.ts'
import { addOwner, addUser, insertCode, insertUser, type Person } from '../support/users.ts'
import { describeBodies } from './support/describeBodies.ts'
import { addressesOf, changeAddress, confirm, requestMail, signsIn, stateOf, undo } from './support/emailChanges.ts'
import { forgot, getMe, refreshPair, restore } from './support/requests.ts'

const attackersPassword = 'the password of an attacker'

describe('undoEmailChange', () => {
  let service: TestService
  let user: Person
  let email: string
  let code: string

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addOwner(service)
    email = service.email()
    code = (await changeAddress(service, user, user.email, email)).code
  })

  it('returns the account to its owner without asking for a password', async () => {
    await forgot(service, email)
    assert.equal((await restore(service, (await service.mailTo(email)).code, attackersPassword)).status, 200)
    const { body: attackers } = await service.call('createToken', { body: { email, password: attackersPassword } })
    const waiting = service.email()
    await service.call('changeEmail', {
      token: String(attackers['access']),
      body: { current_password: attackersPassword, email: waiting },
    })
    const confirmation = await service.mailTo(waiting)

    const { status, headers, body } = await undo(service, code)
    assert.equal(status, 200)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.deepEqual(body, { detail: 'The old address is back. Check its mail to set a new password.' })

    assert.deepEqual(await addressesOf(service, user.id), [`current ${user.email}`])
    const [row] = await service.sql('select email, search_text, password_hash from users where id = $1', [user.id])
    assert.deepEqual(row, { email: user.email, search_text: `${user.email}  `, password_hash: null })
    for (const address of [email, user.email])
      for (const word of [password, attackersPassword]) assert.equal(await signsIn(service, address, word), false)
    for (const token of [user.access, String(attackers['access'])])
      assertProblem(await getMe(service, token), 401, 'token_not_valid')
    const refresh = String(attackers['refresh'])
    assertProblem(await refreshPair(service, refresh), 401, 'token_not_valid')
    const [session] = await service.sql('select ended_by from sessions where user_id = $1 order by created_at desc', [
      user.id,
    ])
    assert.deepEqual(session, { ended_by: 'email_change_undone' })
    assertProblem(await confirm(service, confirmation.code), 400, 'code_invalid')

    const mail = await service.mailTo(user.email)
    assert.match(mail.link, /\/account\/restore-password\//)
    assert.equal((await restore(service, mail.code, 'the password of the owner')).status, 200)
    assert.equal(await signsIn(service, user.email, 'the password of the owner'), true)
  })

  it('makes the abandoned email address available at once', async () => {
    await undo(service, code)
    assert.match((await service.mailTo(email)).subject, /was undone$/)
    const other = await addOwner(service)
    await changeAddress(service, other, other.email, email)
    assert.deepEqual(await addressesOf(service, other.id), [`current ${email}`, `held ${other.email}`])
  })

  describe('other codes of the user after an undo (security 22)', () => {
    it('are voided', async () => {
      const mailed = await insertCode(service, user.id, 'restore')
      await undo(service, code)
      assertProblem(await restore(service, mailed, attackersPassword), 400, 'code_invalid')
    })
  })

  describe('50 simultaneous requests with one undo code (security 20)', () => {
    it('restore the email address once', async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => undo(service, code)))
      const refused = answers.filter(({ status }) => status !== 200)
      assert.equal(refused.length, 49)
      for (const answer of refused) assertProblem(answer, 400, 'code_invalid')
      const events = await eventsOf(service, user.id)
      assert.equal(events.filter(({ type }) => type === 'email_change_undone').length, 1)
      const mails = await service.sql(`select from mails where user_id = $1 and kind = 'restore'`, [user.id])
      assert.equal(mails.length, 1)
    })
  })

  describe('an invalid code in undoEmailChange (security 16, 22)', () => {
    it('is refused: used, expired, altered or for another purpose', async () => {
      const other = await addOwner(service)
      const foreign = (await changeAddress(service, other, other.email, service.email())).code
      const waiting = await requestMail(service, user, service.email())
      const expired = await addOwner(service)
      const late = (await changeAddress(service, expired, expired.email, service.email())).code
      const hash = createHash('sha256').update(Buffer.from(late, 'base64url')).digest()
      await service.sql(`update codes set expires_at = now() - interval '1 second' where hash = $1`, [hash])
      const mailed = await insertCode(service, user.id, 'restore')
      const people = [user, other, expired].map(({ id }) => id)
      const states = () => Promise.all(people.map((id) => stateOf(service, id)))
      const before = await states()
      for (const wrong of [mailed, waiting.code, late, code.slice(0, 22) + foreign.slice(22), code.slice(0, -1)])
        assertProblem(await undo(service, wrong), 400, 'code_invalid')
      assertProblem(await confirm(service, code), 400, 'code_invalid')
      assertProblem(await restore(service, code, attackersPassword), 400, 'code_invalid')
      assert.deepEqual(await states(), before)
      assert.equal((await undo(service, code)).status, 200)
      assertProblem(await undo(service, code), 400, 'code_invalid')
    })
  })

  describe('the former email address in undoEmailChange', () => {
    it('is restored even after 7 days if it is free', async () => {
      const expire = (address: string) =>
        service.sql(`update emails set held_until = now() - interval '1 second' where address = $1`, [address])
      await expire(user.email)
      assert.equal((await undo(service, code)).status, 200)
      assert.deepEqual(await addressesOf(service, user.id), [`current ${user.email}`])

      const second = await addOwner(service)
      const late = (await changeAddress(service, second, second.email, service.email())).code
      await expire(second.email)
      const other = await addOwner(service)
      await changeAddress(service, other, other.email, second.email)
      const before = await stateOf(service, second.id)
      assertProblem(await undo(service, late), 400, 'code_invalid')
      assert.deepEqual(await stateOf(service, second.id), before)
      assert.deepEqual(await addressesOf(service, other.id), [`current ${second.email}`, `held ${other.email}`])
    })

    it('is restored even if its row was deleted', async () => {
      await service.sql('delete from emails where address = $1', [user.email])
      assert.equal((await undo(service, code)).status, 200)
      assert.deepEqual(await addressesOf(service, user.id), [`current ${user.email}`])
    })
  })

  it('refuses the code of a suspended or deleted user, and changes nothing', async () => {
    await service.sql('update users set is_active = false where id = $1', [user.id])
    const before = await stateOf(service, user.id)
    assertProblem(await undo(service, code), 400, 'code_invalid')
    assert.deepEqual(await stateOf(service, user.id), before)
    await service.sql('delete from users where id = $1', [user.id])
    assertProblem(await undo(service, code), 400, 'code_invalid')
  })

  describe('a failed transaction of undoEmailChange (security 37)', () => {
    it('leaves the code usable', async () => {
      await service.sql(`alter table mails add constraint no_recovery check (kind <> 'restore') not valid`)
      const before = await stateOf(service, user.id)
      try {
        assertProblem(await undo(service, code), 500, 'internal')
      } finally {
        await service.sql('alter table mails drop constraint no_recovery')
      }
      assert.deepEqual(await stateOf(service, user.id), before)
      assert.equal((await undo(service, code)).status, 200)
    })
  })

  it('records a security event with the IP address and device', async () => {
    await service.call('undoEmailChange', { body: { code }, headers: { 'User-Agent': 'a browser' } })
    assert.deepEqual((await eventsOf(service, user.id)).at(-1), {
      type: 'email_change_undone',
      actor_id: null,
      ip_address: '127.0.0.1',
      user_agent: 'a browser',
    })
  })

  it('does not change other users', async () => {
    const bystander = await addUser(service)
    await insertUser(service, service.email())
    const before = await stateOf(service, bystander.id)
    await undo(service, code)
    assert.deepEqual(await stateOf(service, bystander.id), before)
  })

  describeBodies('undoEmailChange', () => service, { code: 'a code' })
})
