import assert from 'node:assert/strict'
import { makeEntityTag } from '../../src/domain/entityTags.ts'
import { assertInvalid, assertProblem } from '../support/answers.ts'
import { TestService, type Answer, type Call } from '../support/service.ts'
import { addOwner, addUser, type Person } from '../support/users.ts'

describe('ETag and If-Match', () => {
  let service: TestService
  let superuser: Person
  let user: Person

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addOwner(service)
  })

  const tagOf = ({ headers }: Answer) => String(headers.get('etag'))
  const stored = async () => {
    const [row] = await service.sql<{ first_name: string }>('select first_name from users where id = $1', [user.id])
    return row?.first_name
  }

  for (const [read, update, callOf] of [
    ['getMe', 'updateMe', (): Call => ({ token: user.access })],
    ['getUser', 'updateUser', (): Call => ({ token: superuser.access, path: { user_id: user.id } })],
  ] as const) {
    describe(`the tags of ${read} and ${update}`, () => {
      const get = () => service.call(read, callOf())
      const change = (firstName: string, ifMatch?: string) =>
        service.call(update, {
          ...callOf(),
          body: { first_name: firstName },
          ...(ifMatch === undefined ? {} : { headers: { 'If-Match': ifMatch } }),
        })

      it('stay the same while the reply stays the same', async () => {
        const tag = tagOf(await get())
        assert.match(tag, /^"[\w-]{22}"$/)
        assert.equal(tagOf(await get()), tag)
        await service.sql(`update users set search_text = search_text || 'x' where id = $1`, [user.id])
        assert.equal(tagOf(await get()), tag)
      })

      it('differ after each change of a member that the reply contains', async () => {
        const tags = [tagOf(await get())]
        for (const name of ['first_name', 'last_name', 'email']) {
          await service.sql(`update users set ${name} = $2 where id = $1`, [user.id, `${name}@example.com`])
          tags.push(tagOf(await get()))
        }
        await service.signIn(user.email)
        tags.push(tagOf(await get()))
        assert.equal(new Set(tags).size, 5)
      })

      it('are returned by a change, too, and are valid for the next change', async () => {
        let tag = tagOf(await get())
        for (const name of ['One', 'Two', 'Three']) {
          const answer = await change(name, tag)
          assert.deepEqual([answer.status, await stored()], [200, name])
          tag = tagOf(answer)
          assert.equal(tagOf(await get()), tag)
        }
      })

      for (const [title, ifMatch] of [
        ['no If-Match', () => undefined],
        ['If-Match: *', () => '*'],
        ['a list of tags', (tag) => `"x", W/"a,b" ,${tag}`],
        ['a list of tags with empty elements', (tag) => `, ${tag},,`],
      ] as [string, (tag: string) => string | undefined][]) {
        it(`allow a change with ${title}`, async () => {
          const answer = await change('Changed', ifMatch(tagOf(await get())))
          assert.deepEqual([answer.status, await stored()], [200, 'Changed'])
        })
      }

      for (const [title, ifMatch] of [
        ['another tag', () => '"x"'],
        ['the weak form of the tag', (tag) => `W/${tag}`],
        ['a tag that contains the right tag', (tag) => `"x${tag.replaceAll('"', '')}"`],
        ['a list in which the right tag is only part of another tag', (tag) => `"x", "y${tag.slice(1, -1)},"`],
        ['an asterisk in quotation marks', () => '"*"'],
      ] as [string, (tag: string) => string][]) {
        it(`refuse a change with ${title}`, async () => {
          assertProblem(await change('Changed', ifMatch(tagOf(await get()))), 412, 'precondition_failed')
          assert.equal(await stored(), '')
        })
      }

      it('refuse a change with the tag of an outdated reply', async () => {
        const tag = tagOf(await get())
        await service.sql(`update users set last_name = 'Newer' where id = $1`, [user.id])
        assertProblem(await change('Lost', tag), 412, 'precondition_failed')
        assert.equal(await stored(), '')
      })

      for (const ifMatch of ['', 'x', '"x', 'x"', '"a" "b"', '*, "a"', 'w/"a"', '"a"b', '"a b"', '"x", *', '"\xff"']) {
        it(`refuse the malformed ${ifMatch === '' ? 'empty If-Match' : `If-Match: ${ifMatch}`}`, async () => {
          assertInvalid(await change('Changed', ifMatch), 'If-Match')
          assert.equal(await stored(), '')
        })
      }

      it('allow one of ten simultaneous changes with the same tag', async () => {
        const tag = tagOf(await get())
        const names = Array.from({ length: 10 }, (_, index) => `Name ${index}`)
        const answers = await Promise.all(names.map((name) => change(name, tag)))
        const winners = names.filter((_, index) => answers[index]?.status === 200)
        for (const answer of answers) if (answer.status !== 200) assertProblem(answer, 412, 'precondition_failed')
        assert.deepEqual(winners, [await stored()])
      })

      it('prevent lost updates if clients read the user again after 412 and retry', async () => {
        await change('0')
        const increment = async () => {
          for (;;) {
            const before = await get()
            const answer = await change(String(Number(before.body['first_name']) + 1), tagOf(before))
            if (answer.status === 200) return
            assertProblem(answer, 412, 'precondition_failed')
          }
        }
        await Promise.all(Array.from({ length: 4 }, async () => (await increment(), increment())))
        assert.equal(await stored(), '8')
      })
    })
  }

  it('refuse a user’s change after a superuser has changed the user', async () => {
    const tag = tagOf(await service.call('getMe', { token: user.access }))
    const changed = await service.call('updateUser', {
      path: { user_id: user.id },
      token: superuser.access,
      body: { last_name: 'Newer' },
    })
    assert.equal(changed.status, 200)
    const headers = { 'If-Match': tag }
    const answer = await service.call('updateMe', { token: user.access, body: { last_name: 'Lost' }, headers })
    assertProblem(answer, 412, 'precondition_failed')
  })

  it('cause no security event for a refused change', async () => {
    const headers = { 'If-Match': '"x"' }
    const call = { path: { user_id: user.id }, token: superuser.access, body: { is_active: false }, headers }
    assertProblem(await service.call('updateUser', call), 412, 'precondition_failed')
    assert.deepEqual(await service.sql('select type from security_events where user_id = $1', [user.id]), [])
    assert.equal((await service.call('getMe', { token: user.access })).status, 200)
  })

  it('do not matter if the change is refused for another reason', async () => {
    const headers = { 'If-Match': '"x"' }
    const body = { first_name: 'x' }
    assertProblem(await service.call('updateUser', { token: superuser.access, body, headers }), 404, 'not_found')
    const path = { user_id: user.id }
    assertProblem(
      await service.call('updateUser', { token: user.access, path, body, headers }),
      403,
      'permission_denied',
    )
  })

  it('are equal for equal bodies, and differ for different bodies', () => {
    assert.equal(makeEntityTag({ a: 1 }), makeEntityTag({ a: 1 }))
    assert.notEqual(makeEntityTag({ a: 1 }), makeEntityTag({ a: '1' }))
  })
})
