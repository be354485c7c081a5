import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { readClients } from '../../../scripts/sdk/clients.ts'

describe('the table in docs/clients.md', () => {
  it('lists each client that npm run sdk runs, with its generator', async () => {
    const page = await readFile(new URL('../../../docs/clients.md', import.meta.url), 'utf8')
    const rows = [...page.matchAll(/^\| \[(.+?)\]\(#(.+?)\) +\| (.+?) +\| (.+?) +\|$/gm)]
    const listed = rows.map(([, language, anchor, generator]) => [language, anchor, generator])
    const { clients } = await readClients()
    const sections = clients.filter(({ kind }) => kind === 'client')
    const run = sections.map(({ language, generator }) => [
      language,
      language.toLowerCase().replaceAll(' ', '-'),
      generator.replace(/ [\d.]+(?= |$)/g, ''),
    ])
    assert.deepEqual(listed, run)
  })

  it('lists clients of at least 15 generators', async () => {
    const clients = (await readClients()).clients.filter(({ kind }) => kind === 'client')
    // OpenAPI Generator contains many generators. The option -g selects one.
    const names = clients.map(({ generator, commands }) => `${generator} ${/ -g (\S+)/.exec(commands)?.[1] ?? ''}`)
    const generators = new Set(names)
    assert.ok(generators.size >= 15, [...generators].join())
  })
})
