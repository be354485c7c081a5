import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findWrongAnswers } from '../../scripts/sdk/callApi.ts'
import { makeTokenSamples } from '../../scripts/sdk/tokens.ts'
import { findFreePort } from '../../scripts/freePort.ts'
import { ExampleProduct } from '../support/exampleProduct.ts'
import { password, TestService, type SignedIn } from '../support/service.ts'

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const withoutIndent = (text: string) => text.replace(/^ +/gm, '')

type Versions = Record<string, string>
type Manifest = Record<'dependencies' | 'devDependencies', Versions>

describe('docs/integrate.md', () => {
  it('shows only code that the example contains', () => {
    const blocks = [...read('docs/integrate.md').matchAll(/^```ts (\S+)\n([\s\S]*?)^```$/gm)]
    assert.ok(blocks.length >= 6)
    for (const [, file = '', code = ''] of blocks)
      assert.ok(withoutIndent(read(`docs/example/${file}`)).includes(withoutIndent(code)), code)
  })

  it('has an example with the package versions of the repository', () => {
    const versionsIn = (file: string) => {
      const { dependencies, devDependencies } = JSON.parse(read(file)) as Manifest
      return { ...dependencies, ...devDependencies }
    }
    const known = versionsIn('package.json')
    for (const [name, version] of Object.entries(versionsIn('docs/example/package.json')))
      assert.equal(version, known[name], name)
  })
})

describe('the API of the example product', () => {
  const web = 'http://localhost:5173'
  let service: TestService
  let product: ExampleProduct
  let api: string
  before(async () => {
    const accounts = await findFreePort()
    const issuer = `http://127.0.0.1:${accounts}`
    service = await TestService.start({
      PORT: String(accounts),
      HOST_FOR_SEND_MAIL: issuer,
      ACCESS_TOKEN_CLAIMS: 'roles',
    })
    product = await ExampleProduct.create()
    const port = String(await findFreePort())
    api = `http://127.0.0.1:${port}`
    await product.start('npm run api', api, { PORT: port, ACCOUNTS: issuer, WEB: web })
  })
  after(async () => {
    await product.stop()
    await service.stop()
  })

  const send = (path: string, user?: SignedIn, init: RequestInit = {}) =>
    fetch(`${api}${path}`, { ...init, headers: user ? { Authorization: `Bearer ${user.access}`, Origin: web } : {} })
  const save = async (user: SignedIn, text: string) => {
    assert.equal((await send('/note', user, { method: 'PUT', body: text })).status, 204)
  }
  const readNote = async (user: SignedIn) => (await send('/note', user)).json()

  it('accepts only a genuine access token', async () => {
    const makeSamples = () => makeTokenSamples(service.service.services)
    assert.deepEqual(await findWrongAnswers(`${api}/note`, makeSamples, new Promise(() => undefined)), [])
  })

  it('stores one note for each user', async () => {
    const [one, other] = [await service.signedIn(), await service.signedIn()]
    await save(one, 'first')
    await save(one, 'second')
    await save(other, 'of another')
    assert.deepEqual(await readNote(one), { user: one.id, text: 'second' })
    assert.deepEqual(await readNote(other), { user: other.id, text: 'of another' })
  })

  it('lists all notes only for administrators', async () => {
    const [user, superuser] = [await service.signedIn(), await service.signedIn({ superuser: true })]
    await save(user, 'to be listed')
    assert.equal((await send('/notes', user)).status, 403)
    // The token was issued before the user became a superuser.
    assert.equal((await send('/notes', superuser)).status, 403)
    const renewed = { ...superuser, ...(await service.signIn(superuser.email)) }
    const notes = (await (await send('/notes', renewed)).json()) as object[]
    assert.ok(notes.some((note) => 'user' in note && note.user === user.id))
  })

  it('lets only the front end of the product read replies', async () => {
    const allowed = async (origin: string) => {
      const headers = { Origin: origin, 'Access-Control-Request-Method': 'PUT' }
      const replies = [
        await fetch(`${api}/note`, { method: 'OPTIONS', headers }),
        await fetch(`${api}/note`, { headers }),
      ]
      return replies.map((reply) => reply.headers.get('Access-Control-Allow-Origin'))
    }
    assert.deepEqual(await allowed(web), [web, web])
    for (const origin of await allowed('https://other.example.com')) assert.ok(!origin, String(origin))
  })

  it('refuses a note of more than 10 kB', async () => {
    const user = await service.signedIn()
    assert.equal((await send('/note', user, { method: 'PUT', body: 'x'.repeat(10_241) })).status, 413)
    assert.deepEqual(await readNote(user), { user: user.id, text: '' })
  })

  it('deletes the notes of deleted users with npm run forget', async () => {
    const [stays, goes, superuser] = [
      await service.signedIn(),
      await service.signedIn(),
      await service.signedIn({ superuser: true }),
    ]
    await save(stays, 'stays')
    await save(goes, 'goes')
    const body = { current_password: password }
    assert.equal((await service.call('deleteMe', { token: goes.access, body })).status, 204)
    const settings = { ACCOUNTS: service.url, SUPERUSER: superuser.email, SUPERUSER_PASSWORD: password }
    await product.run('npm run forget', settings)
    assert.deepEqual(await readNote(goes), { user: goes.id, text: '' }) // the token has not expired yet
    assert.deepEqual(await readNote(stays), { user: stays.id, text: 'stays' })
  })
})
