import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'

const help = `npm run warm

Compiles what a start loads into node_modules/.cache/, which the first npm start does otherwise: for images, after npm ci.`

// In the folder NODE_COMPILE_CACHE, Node stores the compiled form of each module that it loads. If these modules are
// stored, even the first start does not have to strip types. This saves time and 20 MB of resident memory. An error
// in this script must not fail the start.
const modules = [
  '../domain/passwords/child.ts',
  '../service.ts',
  '../mail/transport.ts',
  '../mail/sendMail.ts',
  '../jobs/worker.ts',
  '../jobs/cleanUp.ts',
  'graphile-worker',
  'pg',
  'nodemailer',
]

const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
if (values.help) console.log(help)
else await warm()

/** Loads the modules, and writes the file `warm` into the cache, so that npm start does not run this script again. */
async function warm(): Promise<void> {
  await Promise.allSettled(modules.map((name) => import(name)))
  await writeFile(`${process.env['NODE_COMPILE_CACHE'] ?? ''}/warm`, '').catch(() => undefined)
}
