import { join, resolve } from 'node:path'
import { packSdk } from './sdkPack/pack.ts'
import { runTool } from './tool.ts'

const help = `npm run sdk:pack [-- --to FOLDER]

Packs the TypeScript SDK as a tarball that npm installs: JavaScript, types and source maps.
  --to FOLDER  the folder for the tarball, by default .sdk/`

const options = { to: { type: 'string', default: join(import.meta.dirname, '../.sdk') } } as const

await runTool(help, options, async ({ to }) => {
  console.log(await packSdk(resolve(to)))
})
