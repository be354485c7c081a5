import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { chromium, type Browser } from 'playwright-core'
import { Client } from '../../generated/sdk/index.ts'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts'
import { BrowserSession } from '../support/browserSession.ts'
import { findChromium } from '../support/chromium.ts'
import { ProductServer } from '../support/productServer.ts'
import { skip } from '../support/skip.ts'

const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31 - 1))
const hour = 3600
const lifetime = 60 // of an access token in seconds: short, so that the hour has many renewals

const password = 'correct horse battery staple'
const email = 'bob@example.com'
const users = `users:
  - { email: ann@example.com, password: ${password}, is_superuser: true }
  - { email: ${email}, password: ${password} }
`

type Action = {
  kind:
    | 'use'
    | 'idle'
    | 'sleep'
    | 'freeze'
    | 'thaw'
    | 'open'
    | 'close'
    | 'reload'
    | 'fault'
    | 'offline'
    | 'crash'
    | 'signOut'
  /** How long the action takes, as a fraction of the maximum for its kind. */
  length: number
  /** The index of the affected tab, modulo the number of tabs. */
  tab: number
}

const weights: Record<Action['kind'], number> = {
  ...{ use: 10, idle: 8, sleep: 1, freeze: 2, thaw: 2, open: 3, close: 2, reload: 2 },
  ...{ fault: 2, offline: 2, crash: 1, signOut: 1 },
}
const kinds = Object.entries(weights).map(([kind, weight]) => ({
  arbitrary: fc.constant(kind as Action['kind']),
  weight,
}))
const action: fc.Arbitrary<Action> = fc.record({
  kind: fc.oneof(...kinds),
  length: fc.double({ min: 0.05, max: 1, noNaN: true }),
  tab: fc.nat(),
})

for (const storage of ['local', 'cookie'] as const)
  describe(`the session of a user in several browser tabs, with storage ${storage}`, function () {
    this.timeout(300_000)
    const launch = findChromium()
    let sandbox: Sandbox
    let product: ProductServer
    let browser: Browser
    const stops: (() => unknown)[] = []

    before(async function () {
      if (!launch) skip(this, 'no Chromium')
      const folder = await mkdtemp(join(tmpdir(), 'gatehouse-fixture-'))
      stops.push(() => rm(folder, { recursive: true }))
      await writeFile(join(folder, 'users.yaml'), users)
      const database = { DATABASE_URL: process.env['TEST_DATABASE_URL'] }
      product = await ProductServer.start({ '/index.html': BrowserSession.page(storage) })
      stops.push(() => {
        product.stop()
      })
      const settings = {
        PORT: '0',
        ACCESS_TOKEN_LIFETIME: `${lifetime}s`,
        HOST_FOR_SEND_MAIL: `${product.url}/auth`,
        ...database,
      }
      sandbox = await startSandbox(settings, join(folder, 'users.yaml'))
      stops.push(() => sandbox.stop())
      product.accounts = sandbox.url
      browser = await chromium.launch(launch)
      stops.push(() => browser.close())
    })
    after(async () => {
      for (const stop of stops.reverse()) await stop()
    })

    it('survives an hour of random actions, and ends only when the user signs out', async () => {
      console.log(`FUZZ_SEED=${seed} repeats this hour`)
      const session = await BrowserSession.open(browser, product.url, sandbox.url, { email, password })
      const counts = new Map<string, number>()
      for (const { kind, length, tab: index } of fc.sample(action, { seed, numRuns: 2000 })) {
        if (session.ahead >= hour) break
        counts.set(kind, (counts.get(kind) ?? 0) + 1)
        const tab = session.awake[index % session.awake.length]
        assert.ok(tab)
        const seconds = (longest: number) => Math.ceil(length * longest)
        if (kind === 'use') await session.use()
        else if (kind === 'idle') await session.pass(seconds(15))
        else if (kind === 'sleep') await session.sleep(seconds(300))
        else if (kind === 'freeze' && session.awake.length > 1) await session.freeze(tab)
        else if (kind === 'thaw') await session.thaw()
        else if (kind === 'open' && session.awake.length < 4) await session.add()
        else if (kind === 'close' && session.awake.length > 2) await session.close(tab)
        else if (kind === 'reload') await session.reload(tab)
        else if (kind === 'offline') await session.offline(seconds(60))
        else if (kind === 'signOut') await session.signOutAndIn(tab)
        else if (kind === 'fault') {
          await session.pass(lifetime)
          product.faults.push(length < 0.5 ? 'lost answer' : 'lost request')
          await session.use()
        } else if (kind === 'crash' && session.awake.length > 2) {
          await session.pass(lifetime)
          await session.closeDuringRenewal(tab)
          await session.use()
        }
      }
      await session.thaw()
      await session.use()
      console.log([...counts].map(([kind, count]) => `${kind} ${count}`).join(', '), `renewals ${product.refreshes}`)
      assert.ok(session.ahead >= hour)
      assert.ok(product.refreshes > 20, String(product.refreshes))

      const superuser = new Client({ baseUrl: sandbox.url })
      await superuser.createToken({ email: 'ann@example.com', password })
      const types: string[] = []
      for await (const { type } of superuser.iterateSecurityEvents()) types.push(type)
      assert.ok(!types.includes('refresh_reused'), types.join())
    })
  })
