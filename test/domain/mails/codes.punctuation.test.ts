import assert from 'node:assert/strict'
import { decodeHtml } from '../../support/html.ts'
import { v7 as uuidv7 } from 'uuid'
import { mintCode } from '../../../src/domain/mails/codes.ts'
import { password, TestService } from '../../support/service.ts'
import { insertCode, insertRegistration, insertUser } from '../../support/users.ts'

// Characters that mail programs and users leave after a link or a code.
// prettier-ignore
const suffixes = [
  ...Array.from('.,)>;:!?"\u2019\u201d»…]}*`。）/'), "'", '...', '").', '%2E', '%22%3E', '%252e', '%E2%80%9D',
  ' ', '\r\n', '\u00a0', '\u200b', '%20', '%0D%0A',
]

describe('mailed codes that are followed by punctuation', () => {
  let service: TestService
  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  it('are accepted in a request body', async () => {
    for (const after of suffixes) {
      const { code } = await insertRegistration(service, service.email())
      const { status } = await service.call('confirmActivation', { body: { code: `${code}${after}` } })
      assert.equal(status, 200, JSON.stringify(after))
    }
  })

  it('are accepted in a link, encoded or not', async () => {
    for (const after of suffixes) {
      const { code } = await insertRegistration(service, service.email())
      const link = `/api/v1/users/activate/?code=${code}${after}`
      assert.equal((await service.fetch(link)).status, 200, link)
      const again = await service.call('activateUser', { query: { code: `${code}${after}` } })
      assert.deepEqual(again.body, { detail: 'The account is already active.' })
    }
  })

  it('are accepted on the pages', async () => {
    for (const after of ['.', '%2E', '>', '\u201d']) {
      const code = await insertCode(service, await insertUser(service, service.email()), 'restore')
      const opened = await service.fetch(`/account/restore-password/?code=${code}${after}`)
      const [, hidden = ''] = /name="code" value="([^"]*)"/.exec(String(opened.body['text'])) ?? []
      const value = decodeHtml(hidden)
      const fields = { code: value, password, password_confirm: password }
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
      const body = new URLSearchParams(fields).toString()
      const answer = await service.fetch('/account/restore-password/', { method: 'POST', headers, body })
      assert.equal(answer.status, 200, value)
    }
  })

  it('are accepted for each purpose, and are unchanged in the redirect of a browser', async () => {
    const user = await service.signedIn()
    const email = service.email()
    await service.call('changeEmail', { token: user.access, body: { current_password: password, email } })
    const { code } = await service.mailTo(email)
    assert.equal((await service.call('confirmEmail', { body: { code: `${code}.` } })).status, 200)
    const undo = await service.mailTo(user.email)
    assert.equal((await service.call('undoEmailChange', { body: { code: `${undo.code}).` } })).status, 200)
    const restore = await service.mailTo(user.email)
    const passwords = { password, password_confirm: password }
    assert.equal(
      (await service.call('restorePassword', { body: { code: `${restore.code}>`, ...passwords } })).status,
      200,
    )

    const waiting = await insertRegistration(service, service.email())
    const headers = { Accept: 'text/html' }
    const sent = await service.fetch(`/api/v1/users/activate/?code=${waiting.code}.`, { headers })
    assert.equal(sent.status, 303)
    assert.equal(sent.headers.get('location'), `/account/activate/?code=${waiting.code}.`)
  })

  it('are accepted in the format of version 0.3.0, which may end in - or _', async () => {
    let made = await insertRegistration(service, service.email())
    while (!/[-_]$/.test(made.code)) made = await insertRegistration(service, service.email())
    const body = { code: `${made.code}.` }
    assert.equal((await service.call('confirmActivation', { body })).status, 200)
  })

  it('have no - or _ as their last character', async () => {
    const userId = await insertUser(service, service.email())
    const { db } = service.service.services
    for (let mail = 0; mail < 300; mail++) {
      const code = await db.transaction((transaction) => mintCode(transaction, 'restore', userId, uuidv7()))
      assert.match(String(code), /^[\w-]{47}[A-Za-z0-9]$/)
    }
  })
})
