import assert from 'node:assert/strict'
import { chromium, type Browser, type Page } from 'playwright-core'
import { attempt, fail, from, startLimited } from '../domain/limits/support/attempts.ts'
import { findChromium } from '../support/chromium.ts'
import { password, type TestService } from '../support/service.ts'
import { skip } from '../support/skip.ts'
import { addOwner, addUser, insertMail, type Person } from '../support/users.ts'
import { addSuperuser, ConsoleVisitor } from './support/consoleVisitor.ts'

describe('the console in a browser', function () {
  this.timeout(120_000)
  const launch = findChromium()
  let service: TestService
  let browser: Browser
  let superuser: Person
  let visitor: ConsoleVisitor
  const stops: (() => unknown)[] = []

  before(async function () {
    if (!launch) skip(this, 'no Chromium')
    service = await startLimited({ PRODUCT_NAME: 'Example Shop', LIMIT_SIGN_IN: '3/15m' })
    stops.push(() => service.stop())
    browser = await chromium.launch(launch)
    stops.push(() => browser.close())
  })
  after(async () => {
    for (const stop of stops.reverse()) await stop()
  })
  beforeEach(async () => {
    superuser = await addSuperuser(service)
  })
  afterEach(() => visitor.visitor.close())

  const enter = async (page: string) => {
    visitor = await ConsoleVisitor.enter(browser, service, superuser, { page })
  }
  const createUser = async (email: string, more: Record<string, unknown> = {}) => {
    const { status, body } = await service.call('createUser', { body: { email, ...more }, token: superuser.access })
    assert.equal(status, 201)
    return String(body['id'])
  }
  const userOf = async ({ id }: { id: string }) => {
    const { status, body } = await service.call('getUser', { path: { user_id: id }, token: superuser.access })
    return { status, ...body } as Record<string, unknown>
  }
  const statusOfSignIn = async ({ email }: { email: string }, ip = '192.0.2.200') =>
    (await attempt(service, { email, ip, given: password })).status
  const press = (key: string) => visitor.page.keyboard.press(key)
  const focusedText = () => visitor.page.evaluate<string>('document.activeElement.textContent.trim()')
  /** Presses Tab, or Shift+Tab, until an element with this accessible name has the focus. */
  const tabTo = async (role: 'link' | 'button' | 'checkbox' | 'searchbox', name: string, key = 'Tab') => {
    const focused = visitor.page.locator(':focus').and(visitor.page.getByRole(role, { name, exact: true }))
    for (let presses = 0; presses < 60; presses++) {
      await press(key)
      if ((await focused.count()) > 0) return
    }
    assert.fail(`${key} does not reach ${name}`)
  }

  describe('creation of a user', () => {
    it('sends an invitation, with which the user sets a password and signs in', async () => {
      await enter('users/')
      await visitor.page.getByRole('link', { name: 'New user' }).click()
      await visitor.heading('New user')
      await visitor.button('Invite').click()
      await visitor.page.locator('[name=email][aria-invalid=true]:focus').waitFor()
      await visitor.visitor.inspect('console-new-error')
      await visitor.page.fill('[name=email]', superuser.email)
      await visitor.button('Invite').click()
      await visitor.page.locator('.error', { hasText: 'Another user has this address.' }).waitFor()
      const email = service.email()
      await visitor.page.fill('[name=email]', email)
      await visitor.page.fill('[name=first_name]', 'Ben')
      await visitor.button('Invite').click()
      await visitor.heading(email)
      await visitor.notice(`an invitation is on its way to ${email}`)
      await visitor.settle()
      await visitor.visitor.inspect('console-invited')
      const { link } = await service.mailTo(email)
      const { pathname, search } = new URL(link)
      const guest = await browser.newPage()
      await guest.goto(`${service.url}${pathname}${search}`)
      for (const field of await guest.locator('[type=password]').all()) await field.fill(password)
      await guest.locator('form button').first().click()
      await guest.waitForLoadState()
      await guest.close()
      assert.equal(await statusOfSignIn({ email }), 200)
    })

    it('sets a password, shows errors at the fields, and grants rights', async () => {
      await enter('users/new/')
      const email = service.email()
      await visitor.page.fill('[name=email]', email)
      await visitor.page.getByLabel('With a password that you choose now').check()
      await visitor.page.fill('[name=password]', 'short')
      await visitor.page.getByLabel('Administrator').check()
      await visitor.button('Create').click()
      await visitor.page.locator('[name=password][aria-invalid=true]:focus').waitFor()
      assert.equal(await visitor.page.inputValue('[name=email]'), email)
      await visitor.page.fill('[name=password]', password)
      await visitor.button('Create').click()
      await visitor.notice(`The user ${email} is created.`)
      assert.equal(await statusOfSignIn({ email }), 200)
      await visitor.page.locator('.badge', { hasText: 'Administrator' }).waitFor()
    })

    it('is not repeated after a lost reply', async () => {
      await enter('users/new/')
      const email = service.email()
      let lost = 0
      await visitor.page.route('**/api/v1/users/', async (route) => {
        if (route.request().method() !== 'POST' || lost > 2) return route.continue()
        lost++
        await route.fetch()
        return route.abort()
      })
      await visitor.page.fill('[name=email]', email)
      await visitor.button('Invite').click()
      await visitor.page.locator('[role=alert], [role=status]').waitFor()
      if (await visitor.page.locator('[role=alert]').isVisible()) await visitor.button('Invite').click()
      await visitor.heading(email)
      assert.ok(lost > 0)
    })
  })

  describe('the page of a user', () => {
    it('suspends the user, whose sign-ins are then refused', async () => {
      const user = await addOwner(service)
      await enter(`users/${user.id}/`)
      await visitor.page.locator('tbody tr', { hasText: 'Unknown device' }).waitFor()
      await visitor.page.getByLabel('May sign in').uncheck()
      await visitor.button('Save').click()
      await visitor.notice('Saved.')
      await visitor.page.locator('.badge', { hasText: 'Suspended' }).waitFor()
      await visitor.page.getByText('The user is not signed in.').waitFor()
      assert.equal(await statusOfSignIn(user), 401)
    })

    it('keeps what was typed if the user was changed in the meantime', async () => {
      const user = await addUser(service)
      await enter(`users/${user.id}/`)
      const change = { first_name: 'Newer', language: 'ru', is_superuser: true }
      await service.call('updateUser', { path: { user_id: user.id }, body: change, token: superuser.access })
      await visitor.page.fill('[name=first_name]', 'Mine')
      await visitor.page.fill('[name=last_name]', 'Kept')
      await visitor.button('Save').click()
      await visitor.page.locator('[role=alert]:focus', { hasText: 'changed in the meantime' }).waitFor()
      const value = (name: string) => visitor.page.inputValue(`[name=${name}]`)
      assert.deepEqual([await value('first_name'), await value('last_name')], ['Mine', 'Kept'])
      assert.deepEqual([await value('language'), await visitor.page.isChecked('[name=is_superuser]')], ['ru', true])
      await visitor.page.getByText('Changed in the meantime to: Newer.').waitFor()
      await visitor.visitor.inspect('console-conflict')
      await visitor.button('Save').click()
      await visitor.notice('Saved.')
      const { first_name, last_name, language, is_superuser } = await userOf(user)
      assert.deepEqual(
        { first_name, last_name, language, is_superuser },
        { ...change, first_name: 'Mine', last_name: 'Kept' },
      )
    })

    it('saves at once if the user has only signed in in the meantime', async () => {
      const user = await addOwner(service)
      await enter(`users/${user.id}/`)
      assert.equal(await statusOfSignIn(user), 200)
      await visitor.page.fill('[name=last_name]', 'Saved')
      await visitor.button('Save').click()
      await visitor.notice('Saved.')
      assert.equal((await userOf(user))['last_name'], 'Saved')
    })

    it('changes the language and the rights of the superuser at once', async () => {
      await enter(`users/${superuser.id}/`)
      await visitor.page.selectOption('[name=language]', 'ru')
      await visitor.button('Save').click()
      await visitor.page.getByRole('link', { name: 'Пользователи', exact: true }).waitFor()
      await visitor.page.getByLabel('Администратор').uncheck()
      await visitor.button('Сохранить').click()
      await visitor.heading('Только для администраторов')
    })

    it('ends one session or all sessions', async () => {
      const user = await addOwner(service)
      await service.signIn(user.email, { ...from('192.0.2.7'), 'User-Agent': 'Firefox/145.0 (X11; Linux x86_64)' })
      await enter(`users/${user.id}/`)
      await visitor.row('Firefox on Linux').getByRole('button', { name: 'End' }).click()
      await visitor.notice('The session has ended.')
      await visitor.button('End all sessions (1)').click()
      await visitor.notice('All sessions have ended.')
      await visitor.page.getByText('The user is not signed in.').waitFor()
    })

    it('deletes the user after the address was typed', async () => {
      const user = await addUser(service)
      await enter(`users/${user.id}/`)
      await visitor.button('Delete …').click()
      await visitor.page.getByRole('dialog').waitFor()
      await visitor.page.fill('dialog [name=typed]', 'somebody@example.com')
      await visitor.button('Delete for ever').click()
      await visitor.page.locator('dialog .error').waitFor()
      await visitor.visitor.inspect('console-delete')
      assert.equal((await userOf(user)).status, 200)
      await visitor.page.fill('dialog [name=typed]', user.email)
      await visitor.button('Delete for ever').click()
      await visitor.heading('Users')
      await visitor.notice(`${user.email} is deleted.`)
      assert.equal((await userOf(user)).status, 404)
    })

    it('explains that a user does not exist', async () => {
      await enter('users/00000000-0000-4000-8000-000000000000/')
      await visitor.page.locator('[role=alert]', { hasText: 'This does not exist any more.' }).waitFor()
    })
  })

  describe('the list of users', () => {
    it('follows what is typed, with the filters in the URL', async () => {
      await createUser('cleo-filter@example.com')
      await createUser('cleo-filter-2@example.com', { is_active: false })
      await enter('users/')
      const entries = await visitor.page.evaluate<number>('history.length')
      await visitor.page.getByLabel('Address or name').pressSequentially('cleo-filter')
      await visitor.rows(2)
      await visitor.page.getByText('2 users', { exact: true }).waitFor()
      assert.equal(new URL(visitor.page.url()).search, '?search=cleo-filter')
      await visitor.page.selectOption('[name=is_active]', 'false')
      await visitor.rows(1)
      assert.equal(new URL(visitor.page.url()).search, '?search=cleo-filter&is_active=false')
      assert.equal(await visitor.page.evaluate('history.length'), entries)
      await visitor.page.reload()
      await visitor.rows(1)
      assert.equal(await visitor.page.inputValue('[name=search]'), 'cleo-filter')
      await visitor.page.getByLabel('Address or name').fill('nobody at all')
      await visitor.page.getByText('No user matches.').waitFor()
      await visitor.visitor.inspect('console-users-none')
      await visitor.page.getByRole('link', { name: 'Show all' }).click()
      await visitor.row(superuser.email).waitFor()
      assert.equal(await visitor.page.inputValue('[name=search]'), '')
    })

    it('ignores the late reply to a former filter', async () => {
      await createUser('late-one@example.com')
      await createUser('late-two@example.com')
      await enter('users/')
      let isAnswered = false
      await visitor.page.route(/search=late-one/, async (route) => {
        const response = await route.fetch()
        await new Promise((resolve) => setTimeout(resolve, 1_000))
        isAnswered = true
        await route.fulfill({ response })
      })
      await visitor.page.getByLabel('Address or name').fill('late-one')
      await visitor.page.waitForURL(/search=late-one/)
      await visitor.page.getByLabel('Address or name').fill('late-two')
      await visitor.row('late-two@example.com').waitFor()
      await visitor.page.waitForTimeout(1_200)
      assert.ok(isAnswered)
      await visitor.rows(1)
      await visitor.row('late-two@example.com').waitFor()
    })

    it('offers to try again after an error', async () => {
      await enter('')
      await visitor.page.route(/\/api\/v1\/users\/\?/, (route) => route.abort())
      await visitor.page.getByRole('link', { name: 'Users', exact: true }).first().click()
      await visitor.page.locator('[role=alert]', { hasText: 'offline' }).waitFor({ timeout: 30_000 })
      await visitor.page.unroute(/\/api\/v1\/users\/\?/)
      await visitor.button('Try again').click()
      await visitor.row(superuser.email).waitFor()
    })

    it('explains a query that someone has typed wrong', async () => {
      await enter('users/?cursor=wrong')
      await visitor.page.locator('[role=alert]', { hasText: 'a position that does not exist' }).waitFor()
      await visitor.page.getByRole('link', { name: 'Show all' }).click()
      await visitor.row(superuser.email).waitFor()
    })

    it('suspends several users at once, and keeps users with an error selected', async () => {
      const [one, two, gone] = [
        await createUser('bulk-one@example.com'),
        await createUser('bulk-two@example.com'),
        await createUser('bulk-gone@example.com'),
      ]
      await enter('users/?search=bulk-')
      await visitor.page.getByLabel('All on this page').check()
      await visitor.page.getByText('3 selected').waitFor()
      await service.call('deleteUser', { path: { user_id: gone }, token: superuser.access })
      await visitor.button('Suspend').click()
      const dialog = visitor.page.getByRole('dialog', { name: 'Suspend 3 users?' })
      await dialog.waitFor()
      await visitor.visitor.inspect('console-suspend')
      await dialog.getByRole('button', { name: 'Suspend' }).click()
      await visitor.page.getByText('Done for 2 of 3.').waitFor()
      await visitor.settle()
      await visitor.visitor.inspect('console-suspended')
      const outcomes = await visitor.page.locator('.outcomes li').allTextContents()
      assert.deepEqual(outcomes.sort(), [
        'bulk-gone@example.com: This does not exist any more.',
        'bulk-one@example.com: suspended',
        'bulk-two@example.com: suspended',
      ])
      await visitor.page.getByText('1 selected').waitFor()
      for (const id of [one, two]) assert.equal((await userOf({ id }))['is_active'], false)
    })

    it('keeps the selection if the service is not reached', async () => {
      const id = await createUser('unreached@example.com')
      await enter('users/?search=unreached')
      await visitor.page.getByLabel('Select: unreached@example.com').check()
      await visitor.page.route(/revoke-sessions/, (route) => route.abort())
      await visitor.button('Sign out').last().click()
      await visitor.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
      await visitor.page.getByText('Done for 0 of 1.').waitFor({ timeout: 30_000 })
      await visitor.page.getByText('1 selected').waitFor()
      assert.equal((await userOf({ id }))['is_active'], true)
    })

    it('deletes several users after their number was typed', async () => {
      const ids = [await createUser('drop-one@example.com'), await createUser('drop-two@example.com')]
      await enter('users/?search=drop-')
      await visitor.page.getByLabel('All on this page').check()
      await visitor.button('Delete').click()
      const dialog = visitor.page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Delete' }).click()
      await dialog.locator('.error').waitFor()
      await dialog.locator('[name=typed]').fill('2')
      await dialog.getByRole('button', { name: 'Delete' }).click()
      await visitor.page.getByText('Done for 2 of 2.').waitFor()
      await visitor.page.getByText('No user matches.').waitFor()
      for (const id of ids) assert.equal((await userOf({ id })).status, 404)
    })
  })

  describe('limits', () => {
    it('are listed with their subjects and their use', async () => {
      await service.sql('delete from rate_limits')
      await fail(service, 3, { email: (await addOwner(service)).email, ip: '192.0.2.45' })
      await enter('limits/')
      const row = visitor.page.locator('tr', { has: visitor.page.getByText('sign-in', { exact: true }) })
      await row.getByText('3 in 15 min').waitFor()
      assert.equal(await row.locator('td').nth(2).textContent(), 'account in a network')
      assert.deepEqual((await row.locator('td').allTextContents()).slice(3), ['1', '1'])
      await visitor.page.getByRole('link', { name: 'Users who are locked out now' }).click()
      await visitor.heading('Lockouts')
    })

    it('that cannot be read are read again at the push of a button', async () => {
      await enter('')
      await visitor.page.route(/\/api\/v1\/limits\/$/, (route) => route.abort())
      await visitor.page.getByRole('link', { name: 'Limits' }).click()
      await visitor.page.getByRole('alert').waitFor()
      await visitor.page.unroute(/\/api\/v1\/limits\/$/)
      await visitor.button('Try again').click()
      await visitor.rows(20)
    })
  })

  describe('lockouts', () => {
    it('are listed and lifted', async () => {
      const user = await addOwner(service)
      const ip = '192.0.2.44'
      await fail(service, 3, { email: user.email, ip })
      assert.equal(await statusOfSignIn(user, ip), 429)
      await enter('lockouts/')
      await visitor.row(user.email).getByText(ip).waitFor()
      await visitor.settle()
      await visitor.visitor.inspect('console-locked')
      await visitor.row(user.email).getByRole('button', { name: 'Lift' }).click()
      await visitor.notice('The lockouts are lifted.')
      await visitor.row(user.email).waitFor({ state: 'detached' })
      assert.equal(await statusOfSignIn(user, ip), 200)
    })

    it('of one user are lifted on the page of the user', async () => {
      const user = await addOwner(service)
      const ip = '192.0.2.45'
      await fail(service, 3, { email: user.email, ip })
      await enter(`users/${user.id}/`)
      await visitor.page.getByText(`${ip}, until`).waitFor()
      await visitor.button('Lift').click()
      await visitor.page.getByText('The user is not locked out.').waitFor()
      assert.equal(await statusOfSignIn(user, ip), 200)
    })
  })

  describe('the outbox', () => {
    it('sends a failed mail again', async () => {
      const user = await addUser(service)
      await insertMail(service, user)
      await enter('mails/')
      await visitor.page.getByRole('link', { name: /^Failed/ }).click()
      await visitor.page.waitForURL(/\?status=failed$/)
      await visitor.row(user.email).getByRole('button', { name: 'Send now' }).click()
      await visitor.notice(`The email to ${user.email} is being sent.`)
      await visitor.row(user.email).waitFor({ state: 'detached' })
      assert.match((await service.mailTo(user.email)).subject, /password/i)
    })

    it('discards a mail after a question', async () => {
      const user = await addUser(service)
      const id = await insertMail(service, user)
      await enter(`mails/?email=${user.email}`)
      await visitor.row(user.email).getByRole('button', { name: 'Discard' }).click()
      await visitor.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
      await visitor.row('Failed').getByRole('button', { name: 'Discard' }).click()
      await visitor.page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
      await visitor.notice('The email is discarded.')
      await visitor.row('Dropped').waitFor()
      assert.deepEqual(await service.sql('select status from mails where id = $1', [id]), [{ status: 'dropped' }])
    })

    it('shows the error of an address at its filter, and keeps the list', async () => {
      const user = await addUser(service)
      await insertMail(service, user)
      await enter('mails/')
      await visitor.page.locator('[name=email]').fill('no address')
      await visitor.page.locator('[name=email][aria-invalid=true]').waitFor()
      await visitor.page.locator('.filters .error').waitFor()
      await visitor.row(user.email).first().waitFor()
      await visitor.visitor.inspect('console-mails-error')
      await visitor.page.locator('[name=email]').fill(user.email)
      await visitor.rows(1)
    })

    it('lets a suppressed address get mails again', async () => {
      await service.sql(
        `insert into suppressed_addresses (address, source, reason, diagnostic)
         values ('gone@example.com', 'dsn', '5.1.1', 'No such user')`,
      )
      await enter('mails/')
      await visitor.page.getByRole('link', { name: /^Suppressed addresses 1/ }).click()
      await visitor.row('gone@example.com').getByRole('button', { name: 'Allow again' }).click()
      await visitor.notice('gone@example.com gets emails again.')
      await visitor.page.getByText('No address is suppressed.').waitFor()
      assert.deepEqual(await service.sql('select * from suppressed_addresses'), [])
    })
  })

  describe('the logs', () => {
    it('are filtered by user, device and IP address', async () => {
      const user = await addOwner(service)
      await service.sql('update users set search_text = email where id = $1', [user.id])
      await service.signIn(user.email, { ...from('192.0.2.61'), 'User-Agent': 'Firefox/145.0 (X11; Linux x86_64)' })
      await service.signIn(user.email, { ...from('192.0.2.62'), 'User-Agent': 'curl/8.1' })
      await enter('sign-ins/')
      await visitor.page.getByLabel('User', { exact: true }).fill(user.email)
      await visitor.rows(2)
      await visitor.page.getByLabel('Device', { exact: true }).fill('curl')
      await visitor.rows(1)
      await visitor.page.getByLabel('IP address').fill('192.0.2.6')
      await visitor.page.getByText('There are no sign-ins to show.').waitFor()
      await visitor.page.getByLabel('IP address').fill('192.0.2.')
      await visitor.page.locator('.error', { hasText: 'Please enter a whole IP address' }).waitFor()
      await visitor.page.getByLabel('IP address').fill('192.0.2.62')
      await visitor.rows(1)
      await visitor.row('192.0.2.62').waitFor()
      const query = Object.fromEntries(new URL(visitor.page.url()).searchParams)
      assert.deepEqual(query, { user: user.email, user_agent: 'curl', ip_address: '192.0.2.62' })
    })

    it('explain that no user or several users match', async () => {
      for (const name of ['twin-one', 'twin-two']) await createUser(`${name}@example.com`)
      await enter('sign-ins/')
      await visitor.page.getByLabel('User', { exact: true }).fill('twin-')
      await visitor.page.locator('.error', { hasText: '2 users match. Please type more.' }).waitFor()
      await visitor.page.getByLabel('User', { exact: true }).fill('nobody at all')
      await visitor.page.locator('.error', { hasText: 'No user matches.' }).waitFor()
    })

    it('show the events of one type, and which superuser has caused them', async () => {
      const user = await addUser(service)
      const body = { is_active: false }
      await service.call('updateUser', { path: { user_id: user.id }, body, token: superuser.access })
      await enter(`events/?user=${user.email}`)
      await visitor.row('Account suspended').getByText(superuser.email).waitFor()
      await visitor.page.selectOption('[name=type]', 'user_suspended')
      await visitor.page.waitForURL(/type=user_suspended/)
      await visitor.rows(1)
      await visitor.row('Account suspended').getByRole('link', { name: user.email }).click()
      await visitor.heading(user.email)
    })
  })

  describe('the chart of sign-ins', () => {
    it('has a summary, a legend that follows the pointer, and a table', async () => {
      await service.sql('truncate login_logs, security_events')
      await enter('')
      const chart = visitor.page.getByRole('img', { name: 'The last 24 hours: 1 sign-in, 0 failures, 0 lockouts' })
      // The sign-in is in the last hour: the line rises from the bottom to a quarter of the height.
      const line = (await chart.locator('path.sign_ins:not(.area)').getAttribute('d')) ?? ''
      assert.match(line, /^M0 100L.*L100 75$/)
      const counts = await chart.locator('.tick').allTextContents()
      assert.deepEqual(counts, ['0', '1', '2', '3', '4'])
      assert.equal(await chart.locator('.dot').count(), 0)
      const legend = visitor.page.locator('.legend li').first()
      assert.match((await legend.textContent()) ?? '', /Sign-ins\s*1$/)
      await chart.locator('.plot').hover({ position: { x: 5, y: 50 } })
      await visitor.page.locator('.legend li', { hasText: /^\s*Sign-ins\s*0$/ }).waitFor()
      assert.equal(await chart.locator('.dot').count(), 3)
      await visitor.page.locator('summary').click()
      await visitor.rows(24)
      await visitor.button('30 days').click()
      await visitor.rows(30)
      assert.equal(new URL(visitor.page.url()).search, '?period=month')
      await visitor.page.getByRole('img', { name: 'The last 30 days: 1 sign-in' }).waitFor()
      await visitor.visitor.inspect('console-chart-table')
    })
  })

  describe('open while its superuser loses it', () => {
    const losses = {
      suspended: 'update users set is_active = false where id = $1',
      deleted: 'delete from users where id = $1',
      demoted: 'update users set is_superuser = false where id = $1',
    }
    const titles = {
      en: {
        suspended: 'Your account is suspended',
        deleted: 'Your account was deleted',
        demoted: 'Only for administrators',
      },
      ru: {
        suspended: 'Ваша учётная запись заблокирована',
        deleted: 'Ваша учётная запись удалена',
        demoted: 'Только для администраторов',
      },
    }
    const actions: Record<string, (page: Page) => Promise<void>> = {
      'opens a list of all users': (page) => page.locator('nav a[href="/console/users/"]').click(),
      'opens a list that every user may read': (page) => page.locator('nav a[href="/console/events/"]').click(),
      'uses a button': (page) => page.locator('main section > p > button').first().click(),
    }

    for (const language of ['en', 'ru'] as const)
      for (const loss of ['suspended', 'deleted', 'demoted'] as const)
        for (const [action, act] of Object.entries(actions))
          it(`says in ${language} that the account was ${loss}, when the user ${action}`, async () => {
            superuser = await addSuperuser(service, language)
            visitor = await ConsoleVisitor.enter(browser, service, superuser, { language })
            await service.sql(losses[loss], [superuser.id])
            await act(visitor.page)
            await visitor.heading(titles[language][loss])
            assert.equal(await visitor.page.locator('nav').count(), 0)
            if (action === 'uses a button') await visitor.visitor.inspect(`console-${loss}`)
            const next = loss === 'demoted' ? '' : 'sign-in/'
            await visitor.page.locator('main :is(button, a.button)').click()
            await visitor.page.waitForURL(`${service.url}/account/${next}`)
          })
  })

  it('shows that the service is not ready, and checks again', async () => {
    await enter('')
    await visitor.page.route(/\/health\/ready$|\/users\/\?/, (route) => route.abort())
    await visitor.button('Check again').click()
    await visitor.page.locator('.tiles .bad', { hasText: 'Not ready' }).waitFor({ timeout: 30_000 })
    await visitor.page.unroute(/\/health\/ready$|\/users\/\?/)
    await visitor.button('Check again').click()
    await visitor.page.locator('.tiles > div', { hasText: /^DatabaseReady$/ }).waitFor()
  })

  it('is used by the keyboard alone', async () => {
    await createUser('keyboard@example.com')
    await enter('')
    await tabTo('link', 'Users')
    await press('Enter')
    await visitor.page.locator('h1:focus', { hasText: 'Users' }).waitFor()
    await tabTo('searchbox', 'Address or name')
    await visitor.page.keyboard.type('keyboard@')
    await visitor.rows(1)
    await tabTo('checkbox', 'Select: keyboard@example.com')
    await press('Space')
    await visitor.page.getByText('1 selected').waitFor()
    await tabTo('button', 'Suspend', 'Shift+Tab')
    await press('Enter')
    const dialog = visitor.page.getByRole('dialog')
    await dialog.waitFor()
    await press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await visitor.page.locator('button:focus', { hasText: 'Suspend' }).waitFor()
    await press('Enter')
    await dialog.waitFor()
    for (let presses = 0; presses < 5 && (await focusedText()) !== 'Suspend'; presses++) await press('Tab')
    await press('Enter')
    await visitor.page.getByText('Done for 1 of 1.').waitFor()
  })

  it('is linked from the account of a superuser, and of no other user', async () => {
    await enter('')
    await visitor.page.goto(`${service.url}/account/`)
    await visitor.page.getByRole('link', { name: 'Console' }).click()
    await visitor.heading('Overview')
    await service.sql('update users set is_superuser = false where id = $1', [superuser.id])
    await visitor.page.goto(`${service.url}/account/`)
    await visitor.heading('Your profile')
    assert.equal(await visitor.page.getByRole('link', { name: 'Console' }).count(), 0)
  })
})
