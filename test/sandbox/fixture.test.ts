import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { readFixture } from '../../src/sandbox/fixture.ts'
import { StartError } from '../../src/problems.ts'

describe('readFixture', () => {
  let folder: string
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'gatehouse-fixture-'))))
  after(() => rm(folder, { recursive: true }))

  async function write(text: string, name = 'users.yaml'): Promise<string> {
    await writeFile(join(folder, name), text)
    return join(folder, name)
  }
  const start = (file: string) => startSandbox({ PORT: '0', DATABASE_URL: process.env['TEST_DATABASE_URL'] }, file)

  it('reads YAML and JSON', async () => {
    const yaml = await write('users:\n  - email: ann@example.com\n    password: long enough\n')
    const json = await write('{"users": [{"email": "ann@example.com", "password": "long enough"}]}', 'users.json')
    for (const file of [yaml, json]) {
      const [only] = await readFixture(file)
      assert.deepEqual(only?.user, { email: 'ann@example.com', password: 'long enough' })
    }
  })

  const faults: [what: string, text: string, message: RegExp][] = [
    ['a YAML syntax error', 'users: [', /users\.yaml:1:\d+: /],
    [
      'a missing list of users',
      'people: []',
      /users\.yaml:1:1: The file must have one member, users, which is a list\.$/,
    ],
    ['an empty file', '', /users\.yaml:1:1: The file must/],
    ['a user who is a string', 'users:\n  - ann', /users\.yaml:2:5: /],
    [
      'a member of the wrong type',
      'users:\n  - email: a@example.com\n    is_active: maybe\n    password: long enough',
      /users\.yaml:3:16: is_active: /,
    ],
    [
      'an unknown member',
      'users:\n  - email: a@example.com\n    passwort: long enough',
      /users\.yaml:3:15: passwort: /,
    ],
    ['a missing address', 'users:\n  - password: long enough', /users\.yaml:2:5: email: /],
    ['a missing password', 'users:\n  - email: a@example.com', /users\.yaml:2:5: a@example\.com has no password/],
  ]
  for (const [what, text, message] of faults)
    it(`reports the line and column of ${what}`, async () => {
      const file = await write(text)
      await assert.rejects(readFixture(file), (error) => error instanceof StartError && message.test(error.message))
    })

  it('reports the line and column of a password that is too short', async () => {
    const file = await write('users:\n  - email: a@example.com\n    password: short\n')
    await assert.rejects(start(file), /users\.yaml:3:15: password: The password must have at least 8 characters\.$/)
  })

  it('reports the line and column of an address that occurs twice', async () => {
    const user = 'password: long enough, email:'
    const file = await write(`users:\n  - { ${user} a@example.com }\n  - { ${user} A@example.com }\n`)
    await assert.rejects(start(file), /users\.yaml:3:37: A@example\.com is there twice/)
  })

  it('reports a file that it cannot read', async () => {
    await assert.rejects(readFixture(join(folder, 'none.yaml')), /The users cannot be read \(ENOENT/)
  })
})
