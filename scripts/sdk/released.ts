import { readdir } from 'node:fs/promises'
import type { Client } from './clients.ts'

const folder = new URL('../../contract/', import.meta.url)

/**
 * Lists the clients of released versions, because users may still have them. Each version has two clients: the SDK of
 * that version (contract/gatehouse-sdk-<version>.tgz), and a client that oazapfts generates from
 * contract/<version>.yaml.
 */
export async function listReleasedClients(): Promise<Client[]> {
  const names = await readdir(folder)
  return names.sort().flatMap((name) => {
    const file = `"$GATEHOUSE/contract/${name}"`
    const [, sdk, contract] = /^gatehouse-sdk-(.+)\.tgz$|^(.+)\.yaml$/.exec(name) ?? []
    if (sdk !== undefined) return makeClient(`sdk-${sdk}`, `Our own SDK ${sdk}`, 'typescript', file, '')
    if (contract === undefined) return []
    const generate = `mkdir gatehouse\nnpx oazapfts ${file} gatehouse/client.ts\n`
    return makeClient(`contract-${contract}`, `oazapfts, contract ${contract}`, 'oazapfts', '', generate)
  })
}

/** @param example the folder of the example, which is the same as for the client of the current version */
function makeClient(name: string, generator: string, example: string, dependency: string, generate: string): Client {
  const commands = `cp -r "$GATEHOUSE/scripts/sdk/${example}" "$CLIENT"
cd "$CLIENT"
npm install --no-audit --no-fund ${dependency}
${generate}npx tsc
node flow.ts
`
  return { name, language: 'TypeScript', generator, needs: ['npm', 'node'], kind: 'client', commands }
}
