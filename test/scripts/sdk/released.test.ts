import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { listReleasedClients } from '../../../scripts/sdk/released.ts'

describe('listReleasedClients', () => {
  it('lists a client for each released contract, including the SDK of 0.3.0', async () => {
    const clients = await listReleasedClients()
    assert.equal(clients.length, (await readdir(new URL('../../../contract/', import.meta.url))).length)
    assert.ok(clients.some(({ name }) => name === 'sdk-0.3.0'))
    assert.ok(clients.some(({ name }) => name === 'contract-0.1.0'))
    for (const { name, commands } of clients) assert.ok(commands.endsWith('\nnode flow.ts\n'), name)
  })
})
