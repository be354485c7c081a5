import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { assertProblem } from '../support/answers.ts'
import { holdCodes, untilBlocked } from '../support/locks.ts'
import { eventsOf } from '../support/securityEvents.ts'
import { password, TestService } from '../support/service.ts'
import { addOwner, insertCode, insertRegistration, type Person } from '../support/users.ts'
import { describeBodies } from './support/describeBodies.ts'
import { addressesOf, changeAddress, confirm, requestMail, signsIn, stateOf, undo } from './support/emailChanges.ts'
import { activate, forgot, getMe, refreshPair, restore } from './support/requests.ts'

describe('confirmEmail', () => {
  let service: TestService
  let user: Person
  let email: string

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addOwner(service)
    email = service.email()
  })

  const me = async () => (await getMe(service, user.access)).body['email']

  describe('the new email address after confirmEmail (security 29)', () => {
    it('can sign in and receives mails, and the sessions continue', async () => {
      await service.sql(`update users set first_name = 'Ann', email_confirmed = false where id = $1`, [user.id])
      email = `New.${email}`
      const { code } = await requestMail(service, user, email)
      const { status, headers, body } = await confirm(service, code)
      assert.equal(status, 200)
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.deepEqual(body, { detail: 'The address is changed.' })
      assert.equal(await me(), email)
      assert.equal((await refreshPair(service, user.refresh)).status, 200)
      assert.deepEqual(
        [
          await signsIn(service, email),
          await signsIn(service, email.toUpperCase()),
          await signsIn(service, user.email),
        ],
        [true, true, false],
      )
      assert.deepEqual(await addressesOf(service, user.id), [`current ${email.toLowerCase()}`, `held ${user.email}`])
      const [row] = await service.sql('select email, search_text, email_confirmed from users where id = $1', [user.id])
      assert.deepEqual(row, { email, search_text: `${email.toLowerCase()} ann `, email_confirmed: true })
      await forgot(service, email)
      assert.match((await service.mailTo(email)).subject, /^Set a new password/)
    })
  })

  describe('the notice to the former email address (security 28, 90)', () => {
    it('contains an undo link for 7 days, but not the new address', async () => {
      const notice = await changeAddress(service, user, user.email, email)
      assert.equal(notice.subject, 'Your email address at accounts.test was changed')
      assert.equal(notice.link, `http://accounts.test/account/undo-email/?code=${notice.code}`)
      assert.match(
        notice.text,
        /was changed on \d+ \w+ \d{4} at \d\d:\d\d UTC\. From now on you sign in with the new address/,
      )
      assert.ok(!`${notice.text}${notice.html}`.includes(email))
      const [held] = await service.sql(
        `select extract(epoch from held_until - now())::integer between 604740 and 604800 as held,
         (select extract(epoch from expires_at - now())::integer between 604740 and 604800 as undoable
          from codes where user_id = $1 and purpose = 'undo_email')
       from emails where address = $2`,
        [user.id, user.email],
      )
      assert.deepEqual(held, { held: true, undoable: true })
    })

    it('is in the user’s language', async () => {
      await service.sql(`update users set language = 'ru' where id = $1`, [user.id])
      const { subject, text } = await changeAddress(service, user, user.email, email)
      assert.equal(subject, 'Адрес вашей учётной записи в accounts.test изменён')
      assert.match(text, /для входа служит новый адрес/)
    })
  })

  describe('50 simultaneous confirmations of an email change (security 20)', () => {
    it('change the email address once', async () => {
      const { code } = await requestMail(service, user, email)
      const answers = await Promise.all(Array.from({ length: 50 }, () => confirm(service, code)))
      const refused = answers.filter(({ status }) => status !== 200)
      assert.equal(refused.length, 49)
      for (const answer of refused) assertProblem(answer, 400, 'code_invalid')
      const [, , changes, , , mails, events] = (await stateOf(service, user.id)) as { kind?: string; type?: string }[][]
      assert.equal(changes?.length, 1)
      assert.deepEqual(mails?.map(({ kind }) => kind).sort(), ['confirm_email', 'email_changed'])
      assert.deepEqual(events?.map(({ type }) => type).sort(), ['email_change_requested', 'email_changed'])
    })
  })

  describe('other codes of the user after confirmEmail (security 22)', () => {
    it('are voided, except codes that undo an email change', async () => {
      const notice = await changeAddress(service, user, user.email, email)
      const recovery = await insertCode(service, user.id, 'restore')
      await changeAddress(service, user, email, service.email())
      assertProblem(await restore(service, recovery), 400, 'code_invalid')
      assert.equal((await undo(service, notice.code)).status, 200)
    })

    for (const first of ['confirmEmail', 'restorePassword'] as const) {
      it(`are voided if a recovery and a confirmation are simultaneous: ${first} first`, async () => {
        const { code } = await requestMail(service, user, email)
        const word = 'another password'
        const restore = { code: await insertCode(service, user.id, 'restore'), password: word, password_confirm: word }
        const send = {
          confirmEmail: () => confirm(service, code),
          restorePassword: () => service.call('restorePassword', { body: restore }),
        }
        const second = first === 'confirmEmail' ? 'restorePassword' : 'confirmEmail'
        const release = await holdCodes(service, user.id)
        const winner = send[first]()
        await untilBlocked(service)
        const loser = send[second]()
        await untilBlocked(service, 2)
        await release()
        assert.equal((await winner).status, 200)
        assertProblem(await loser, 400, 'code_invalid')
        assert.equal(await signsIn(service, email), first === 'confirmEmail')
        assert.equal(await signsIn(service, user.email, word), first === 'restorePassword')
      })
    }
  })

  describe('an invalid code in confirmEmail (security 16, 22)', () => {
    it('is refused: used, expired, replaced, altered or for another purpose', async () => {
      const notice = await changeAddress(service, user, user.email, email)
      const other = await addOwner(service)
      const { code } = await requestMail(service, other, service.email())
      const [used, expired, old] = await Promise.all(
        [1, 2, 3].map(async () => {
          const owner = await addOwner(service)
          return { owner, code: (await requestMail(service, owner, service.email())).code }
        }),
      )
      assert.ok(used && expired && old)
      await confirm(service, used.code)
      const hash = createHash('sha256').update(Buffer.from(expired.code, 'base64url')).digest()
      await service.sql(`update codes set expires_at = now() - interval '1 second' where hash = $1`, [hash])
      await requestMail(service, old.owner, service.email())
      const registration = await insertRegistration(service, service.email())
      const people = [user, other, used.owner, expired.owner, old.owner].map(({ id }) => id)
      const states = () => Promise.all(people.map((id) => stateOf(service, id)))
      await service.countMails()
      const before = await states()
      for (const wrong of [
        notice.code,
        await insertCode(service, registration.id, 'restore'),
        registration.code,
        code.slice(0, 22) + used.code.slice(22),
        used.code.slice(0, 22) + code.slice(22),
        used.code,
        expired.code,
        old.code,
        code.slice(0, -1),
      ])
        assertProblem(await confirm(service, wrong), 400, 'code_invalid')
      assert.deepEqual(await states(), before)
      assertProblem(await undo(service, code), 400, 'code_invalid')
      assertProblem(
        await service.call('restorePassword', { body: { code, password, password_confirm: password } }),
        400,
        'code_invalid',
      )
      assert.equal((await confirm(service, code)).status, 200)
    })
  })

  describe('an email address that several users request', () => {
    it('is refused to the others after one user has confirmed it', async () => {
      const { code } = await requestMail(service, user, email)
      const registration = await insertRegistration(service, email)
      assert.equal((await activate(service, registration.code)).status, 200)
      const before = await stateOf(service, user.id)
      assertProblem(await confirm(service, code), 400, 'code_invalid')
      assert.deepEqual(await stateOf(service, user.id), before)
      assert.equal(await me(), user.email)
      await service.sql('delete from emails where address = $1', [email])
      assert.equal((await confirm(service, code)).status, 200)
    })

    it('becomes the address of one user if all confirm simultaneously', async () => {
      const racers: { racer: Person; code: string }[] = []
      for (let number = 0; number < 8; number++) {
        const racer = await addOwner(service)
        racers.push({ racer, code: (await requestMail(service, racer, email)).code })
      }
      const answers = await Promise.all(racers.map(({ code }) => confirm(service, code)))
      const winners = racers.filter((_, at) => answers[at]?.status === 200)
      assert.equal(winners.length, 1)
      for (const answer of answers.filter(({ status }) => status !== 200)) assertProblem(answer, 400, 'code_invalid')
      for (const { racer } of racers) {
        const won = racer === winners[0]?.racer
        const addresses = won ? [`current ${email}`, `held ${racer.email}`] : [`current ${racer.email}`]
        assert.deepEqual(await addressesOf(service, racer.id), addresses)
      }
    })

    it('cannot be swapped with that of another user', async () => {
      const other = await addOwner(service)
      const [mine, theirs] = [
        await requestMail(service, user, email),
        await requestMail(service, other, service.email()),
      ]
      const wanted = [other.email, user.email]
      for (const [at, { id }] of [user, other].entries())
        await service.sql('update email_changes set address = $2, email = $2 where user_id = $1', [id, wanted[at]])
      for (const answer of await Promise.all([confirm(service, mine.code), confirm(service, theirs.code)]))
        assertProblem(answer, 400, 'code_invalid')
      assert.deepEqual(await addressesOf(service, user.id), [`current ${user.email}`])
      assert.deepEqual(await addressesOf(service, other.id), [`current ${other.email}`])
    })
  })

  it('refuses the code of a suspended or deleted user, and changes nothing', async () => {
    const { code } = await requestMail(service, user, email)
    await service.sql('update users set is_active = false where id = $1', [user.id])
    const before = await stateOf(service, user.id)
    assertProblem(await confirm(service, code), 400, 'code_invalid')
    assert.deepEqual(await stateOf(service, user.id), before)
    await service.sql('delete from users where id = $1', [user.id])
    assertProblem(await confirm(service, code), 400, 'code_invalid')
    assert.deepEqual(await service.sql('select from emails where address = $1', [email]), [])
  })

  describe('a failed transaction of confirmEmail (security 37)', () => {
    it('leaves the code usable', async () => {
      const { code } = await requestMail(service, user, email)
      await service.sql(`alter table mails add constraint no_notice check (kind <> 'email_changed') not valid`)
      const before = await stateOf(service, user.id)
      try {
        assertProblem(await confirm(service, code), 500, 'internal')
      } finally {
        await service.sql('alter table mails drop constraint no_notice')
      }
      assert.deepEqual(await stateOf(service, user.id), before)
      assert.equal((await confirm(service, code)).status, 200)
    })
  })

  it('records a security event with the IP address and device', async () => {
    const { code } = await requestMail(service, user, email)
    await service.call('confirmEmail', { body: { code }, headers: { 'User-Agent': 'a browser' } })
    assert.deepEqual((await eventsOf(service, user.id)).at(-1), {
      type: 'email_changed',
      actor_id: null,
      ip_address: '127.0.0.1',
      user_agent: 'a browser',
    })
  })

  describeBodies('confirmEmail', () => service, { code: 'a code' })
})
