import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { withoutIds, assertProblem } from '../../support/answers.ts'
import { holdMails } from '../../support/locks.ts'
import { password, TestService, type Answer } from '../../support/service.ts'
import { insertCode, insertRegistration, insertUser } from '../../support/users.ts'
import { formsOf, readRows } from '../../support/dump.ts'
import { operationRoutes } from '../../support/operations.ts'

describe('mailed codes', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start({ TRUSTED_PROXIES: 'loopback' })
  })
  after(() => service.stop())

  const dump = () => readRows(service.databaseUrl)

  describe('codes in the database (security 19)', () => {
    it('are stored only as hashes, while their mails are queued and afterwards', async () => {
      const [email, owner] = [service.email(), service.email()]
      await insertUser(service, owner)
      const releaseMails = await holdMails(service, 'code')
      await service.call('registerUser', { body: { email, password, password_confirm: password } })
      await service.call('forgotPassword', { body: { email: owner } })
      const whileQueued = await dump()
      await releaseMails()
      const codes = [(await service.mailTo(email)).code, (await service.mailTo(owner)).code]
      const whenSent = await dump()
      assert.ok(whileQueued.includes(email) && /deliver_mail/.test(whileQueued))
      for (const code of codes) {
        const hash = createHash('sha256').update(Buffer.from(code, 'base64url')).digest('hex')
        assert.ok(whenSent.includes(hash) && !whileQueued.includes(hash))
        for (const form of formsOf(code)) assert.ok(!whenSent.includes(form) && !whileQueued.includes(form), form)
      }
    })

    it('are stored only as hashes, also both codes of an email change', async () => {
      const user = await service.signedIn()
      const email = service.email()
      await service.call('changeEmail', { token: user.access, body: { current_password: user.password, email } })
      const { code: confirmation } = await service.mailTo(email)
      const whenSent = await dump()
      await service.call('confirmEmail', { body: { code: confirmation } })
      const { code: undoing } = await service.mailTo(user.email)
      const afterwards = await dump()
      for (const code of [confirmation, undoing]) {
        const hash = createHash('sha256').update(Buffer.from(code, 'base64url')).digest('hex')
        assert.ok(afterwards.includes(hash))
        for (const form of formsOf(code)) assert.ok(!whenSent.includes(form) && !afterwards.includes(form), form)
      }
    })
  })

  it('have 160 random bits and end in a letter or digit (security 18)', async () => {
    const email = service.email()
    const { id } = await insertRegistration(service, email)
    const secrets: string[] = []
    for (let mail = 0; mail < 3; mail++) {
      await service.call('resendActivation', { body: { email } })
      const { code } = await service.mailTo(email)
      assert.match(code, /^[\w-]{47}[A-Za-z0-9]$/)
      const bytes = Buffer.from(code, 'base64url')
      assert.equal(bytes.toString('hex', 0, 16), id.replaceAll('-', ''))
      assert.equal(bytes.length, 16 + 20)
      secrets.push(bytes.toString('hex', 16))
    }
    assert.equal(new Set(secrets).size, 3)
  })

  it('get the same error if wrong, used, expired or malformed (security 16)', async () => {
    const user = await insertUser(service, service.email())
    const other = await insertUser(service, service.email())
    const waiting = await insertRegistration(service, service.email())
    const forRecovery = await insertCode(service, waiting.id, 'restore')
    const active = await insertRegistration(service, service.email())
    const forActivation = await insertCode(service, active.id, 'activate')
    await service.call('confirmActivation', { body: { code: active.code } })
    const suspended = await insertRegistration(service, service.email())
    await service.call('confirmActivation', { body: { code: suspended.code } })
    await service.sql('update users set is_active = false where id = $1', [suspended.id])
    const [good, foreign, used, expired] = await Promise.all(
      [user, other, user, user].map((id) => insertCode(service, id, 'restore')),
    )
    const hashOf = (code = '') => createHash('sha256').update(Buffer.from(code, 'base64url')).digest()
    await service.sql('update codes set used_at = now() where hash = $1', [hashOf(used)])
    await service.sql(`update codes set expires_at = now() - interval '1 second' where hash = $1`, [hashOf(expired)])
    const code = String(good)
    const dead = {
      used: String(used),
      expired: String(expired),
      'another user’s secret': code.slice(0, 22) + String(foreign).slice(22),
      'of an unknown user': Buffer.from(`${randomUUID().replaceAll('-', '')}${'ab'.repeat(20)}`, 'hex').toString(
        'base64url',
      ),
      'not a UUID': Buffer.alloc(36, 0xff).toString('base64url'),
      'cut off': code.slice(0, -1),
      longer: `${code}A`,
      padded: `${code}=`,
      'with a space': ` ${code}`,
      'with a - after it': `${code}-`,
      'broken in two': `${code.slice(0, 20)} ${code.slice(20)}`,
      'in another case': code.toLowerCase(),
      'not base64url': 'ж'.repeat(48),
      'of one character': '0',
      'of a suspended user': suspended.code,
    }
    const answers: [string, Answer][] = []
    for (const [reason, wrong] of Object.entries({ ...dead, 'for activation': forActivation }))
      answers.push([
        reason,
        await service.call('restorePassword', { body: { code: wrong, password, password_confirm: password } }),
      ])
    for (const [reason, wrong] of Object.entries({ ...dead, 'for recovery': forRecovery })) {
      answers.push([reason, await service.call('confirmActivation', { body: { code: wrong } })])
      answers.push([reason, await service.call('activateUser', { query: { code: wrong } })])
      answers.push([reason, await service.call('confirmEmail', { body: { code: wrong } })])
      answers.push([reason, await service.call('undoEmailChange', { body: { code: wrong } })])
    }
    const [first] = answers.map(([, answer]) => withoutIds(answer))
    for (const [reason, answer] of answers) {
      assertProblem(answer, 400, 'code_invalid')
      assert.deepEqual(withoutIds(answer), first, reason)
    }
    assert.equal((await service.call('confirmActivation', { body: { code: waiting.code } })).status, 200)
    const restored = await service.call('restorePassword', { body: { code, password, password_confirm: password } })
    assert.equal(restored.status, 200)
  })

  const hostile = { Host: 'evil.test', 'X-Forwarded-Host': 'evil.test', 'X-Forwarded-Proto': 'https' }
  const forwarded = {
    ...hostile,
    'X-Forwarded-Port': '444',
    Forwarded: 'host=evil.test;proto=https',
    Origin: 'https://evil.test',
  }

  describe('links with codes (security 24)', () => {
    for (const origin of ['', 'http://evil.test']) {
      it(`ignore the host of the request${origin && ' in absolute-form'}`, async () => {
        const [email, waiting, owner] = [service.email(), service.email(), service.email()]
        await insertRegistration(service, waiting)
        await insertUser(service, owner)
        const requests = [
          ['registerUser', { email, password, password_confirm: password }],
          ['resendActivation', { email: waiting }],
          ['forgotPassword', { email: owner }],
        ] as const
        for (const [operationId, body] of requests) {
          const { path, method } = operationRoutes[operationId]
          const status = await new Promise((resolve, reject) => {
            const headers = { ...forwarded, 'Content-Type': 'application/json' }
            const sent = request(service.url, { method, path: `${origin}${path}`, headers }, (reply) => {
              reply.resume().on('end', () => {
                resolve(reply.statusCode)
              })
            })
            sent.on('error', reject).end(JSON.stringify(body))
          })
          assert.equal(status, operationId === 'registerUser' ? 201 : 200)
          const { link, text, html } = await service.mailTo(body.email)
          assert.equal(new URL(link).origin, 'http://accounts.test')
          assert.ok(!`${text}${html}`.includes('evil'))
        }
      })
    }
  })
})
