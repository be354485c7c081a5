import assert from 'node:assert/strict'
import { assertProblem, fieldErrorsOf, withoutIds } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { insertRegistration } from '../support/users.ts'

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const path = '/api/v1/users/activate/'

// The status of a GET by its Accept header: 200 activates, 303 redirects to the page with the button.
const matrix: [accept: string, any: number, json: number][] = [
  ['*/*', 200, 303],
  ['application/json', 200, 200],
  ['Application/JSON; charset=utf-8', 200, 200],
  ['application/json, text/plain, */*', 200, 200],
  ['application/json;q=0.9, text/html;q=0.5', 200, 200],
  ['application/*', 200, 303],
  [browser, 303, 303],
  ['text/html', 303, 303],
  ['text/html, */*', 303, 303],
  ['application/json;q=0, text/html', 303, 303],
  ['text/html;x="a,application/json;b"', 200, 303],
]

for (const mode of ['any', 'json'] as const) {
  describe(`activateUser with ACTIVATE_BY_GET=${mode} (security 30)`, () => {
    let service: TestService
    let email: string
    let code: string

    before(async () => {
      service = await TestService.start({ ACTIVATE_BY_GET: mode })
    })
    after(() => service.stop())
    beforeEach(async () => {
      email = service.email()
      code = (await insertRegistration(service, email)).code
    })

    const follow = (accept: string, method = 'GET') =>
      service.fetch(`${path}?code=${code}`, { method, headers: { Accept: accept } })
    const isUser = async () => (await service.sql('select from users where email = $1', [email])).length === 1

    for (const [accept, any, json] of matrix) {
      const expected = mode === 'any' ? any : json
      it(`returns ${expected} for the header Accept: ${accept.replace(browser, 'a browser’s list')}`, async () => {
        const { status, headers, body } = await follow(accept)
        assert.equal(status, expected)
        assert.equal(headers.get('cache-control'), 'no-store')
        assert.equal(await isUser(), expected === 200)
        if (expected === 200) {
          assert.deepEqual(body, { detail: 'The account is active.' })
          return
        }
        assert.equal(headers.get('location'), `/account/activate/?code=${code}`)
        assert.equal(headers.get('vary'), 'Accept')
        assert.deepEqual(body, { text: '' })
      })
    }

    it('does not activate the account for a HEAD request', async () => {
      for (const accept of ['*/*', 'application/json', browser]) {
        const { status, headers } = await follow(accept, 'HEAD')
        assert.equal(status, 303)
        assert.equal(headers.get('location'), `/account/activate/?code=${code}`)
      }
      assert.equal(await isUser(), false)
    })

    it('reports “already active” for a used code until the link expires', async () => {
      await follow('application/json')
      for (let use = 2; use <= 3; use++) {
        const { status, body } = await follow('application/json')
        assert.equal(status, 200)
        assert.deepEqual(body, { detail: 'The account is already active.' })
      }
      await service.sql(`update codes set expires_at = now() - interval '1 second'`)
      assertProblem(await follow('application/json'), 400, 'code_invalid')
    })

    it('names the parameter if the code is missing, doubled, too long or malformed', async () => {
      const queries = { '': 'required', '?code=': 'min_length', '?code=a&code=b': 'duplicate', '?code=%00': 'pattern' }
      for (const [query, error] of Object.entries({ ...queries, [`?code=${'a'.repeat(257)}`]: 'max_length' })) {
        const answer = await service.fetch(`${path}${query}`, { headers: { Accept: 'application/json' } })
        assertProblem(answer, 400, 'invalid')
        assert.deepEqual(fieldErrorsOf(answer), [`?code ${error}`])
      }
    })

    it('redirects a browser without a usable code, but returns 400 to an API client', async () => {
      for (const query of ['', '?', '?code', '?code=', '?code=a&code=b', '?code=%00', `?code=${'a'.repeat(257)}`]) {
        for (const accept of [browser, 'text/html', 'text/html, */*', 'text/html, application/json;q=0']) {
          const { status, headers, body } = await service.fetch(`${path}${query}`, { headers: { Accept: accept } })
          assert.deepEqual([status, headers.get('location')], [303, '/account/activate/'], `${query} ${accept}`)
          assert.deepEqual(
            [headers.get('vary'), headers.get('cache-control'), body],
            ['Accept', 'no-store', { text: '' }],
          )
        }
        for (const accept of ['application/json', '*/*', 'application/json, text/html', 'text/html;q=0, */*', ''])
          assertProblem(await service.fetch(`${path}${query}`, { headers: { Accept: accept } }), 400, 'invalid')
      }
    })

    it('redirects a browser with any code, and tells an API client no reason for a 400', async () => {
      await service.sql(`update codes set expires_at = now() - interval '1 second'`)
      assert.equal((await follow(browser)).status, 303)
      const expired = await follow('application/json')
      assertProblem(expired, 400, 'code_invalid')
      code = 'wrong'
      assert.equal((await follow(browser)).status, 303)
      assert.deepEqual(withoutIds(await follow('application/json')), withoutIds(expired))
      code = '%2F%2Fevil.test%2F%22%0D%0ASet-Cookie:a=b'
      assert.equal(
        (await follow(browser)).headers.get('location'),
        `/account/activate/?code=${code.replace(':', '%3A').replace('=', '%3D')}`,
      )
    })
  })
}
