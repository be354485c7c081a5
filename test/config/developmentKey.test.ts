import assert from 'node:assert/strict'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartError } from '../../src/problems.ts'
import { developmentKey } from '../../src/config/developmentKey.ts'

describe('the development key', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-key-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('is made once, for its owner only; two first starts agree', async () => {
    const [one, two] = await Promise.all([developmentKey(folder), developmentKey(folder)])
    assert.equal(one, two)
    assert.ok(one.length >= 64)
    assert.equal((await stat(join(folder, 'secret_key'))).mode & 0o777, 0o600)
    assert.equal(await developmentKey(folder), one)
  })

  it('is never empty: an emptied file stops the start', async () => {
    await writeFile(join(folder, 'secret_key'), '\n')
    await assert.rejects(
      developmentKey(folder),
      (error) => error instanceof StartError && /is empty/.test(error.message),
    )
  })
})
