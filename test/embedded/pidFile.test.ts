import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readPidFile } from '../../src/embedded/pidFile.ts'

describe('readPidFile', () => {
  let folder: string
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'gatehouse-pid-'))))
  afterEach(() => rm(folder, { recursive: true }))

  const read = async (...lines: string[]) => {
    await writeFile(join(folder, 'postmaster.pid'), lines.map((line) => `${line}\n`).join(''))
    return readPidFile(folder)
  }

  it('reads a server with a Unix socket', async () => {
    const server = await read('7', folder, '1700000000', '5432', '/run/gatehouse', '', '  5432001 3', 'ready   ')
    const expected = { pid: 7, startedAt: '1700000000', port: 5432, socketFolder: '/run/gatehouse', listenAddress: '' }
    assert.deepEqual(server, { ...expected, status: 'ready' })
  })

  it('distinguishes a server that is still starting from one that listens on TCP', async () => {
    const starting = await read('7', folder, '1700000000', '5432', '')
    assert.deepEqual([starting?.socketFolder, starting?.listenAddress, starting?.status], ['', '', ''])
    const former = await read('7', folder, '1700000000', '5432', '', '127.0.0.1', '  5432001 3', 'ready   ')
    assert.deepEqual([former?.socketFolder, former?.listenAddress], ['', '127.0.0.1'])
  })

  it('finds no server in an empty or a malformed file, and without a file', async () => {
    assert.equal(await readPidFile(folder), undefined)
    assert.equal(await read(), undefined)
    assert.equal(await read('no pid', folder), undefined)
  })
})
