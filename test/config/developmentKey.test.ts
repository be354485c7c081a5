import assert from 'node:assert/strict'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartError } from '../../src/problems.ts'
import { readOrCreateDevelopmentKey } from '../../src/config/developmentKey.ts'

describe('readOrCreateDevelopmentKey', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-key-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('creates one key that only its owner can read, even in two simultaneous starts', async () => {
    const [one, two] = await Promise.all([readOrCreateDevelopmentKey(folder), readOrCreateDevelopmentKey(folder)])
    assert.equal(one, two)
    assert.ok(one.length >= 64)
    assert.equal((await stat(join(folder, 'secret_key'))).mode & 0o777, 0o600)
    assert.equal(await readOrCreateDevelopmentKey(folder), one)
  })

  it('rejects an empty key file', async () => {
    await writeFile(join(folder, 'secret_key'), '\n')
    await assert.rejects(
      readOrCreateDevelopmentKey(folder),
      (error) => error instanceof StartError && /is empty/.test(error.message),
    )
  })
})
