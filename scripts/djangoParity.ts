import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { format, resolveConfig } from 'prettier'
import { StartError } from '../src/problems.ts'
import { compareSystems } from './djangoParity/compareSystems.ts'
import { installDjango, startDjango } from './djangoParity/django.ts'
import { useFrontEnd } from './djangoParity/frontEnd.ts'
import { startGatehouse } from './djangoParity/gatehouse.ts'
import { makePage } from './djangoParity/page.ts'
import { runTool } from './tool.ts'

const help = `npm run django:parity [-- --write --require]

Starts a project with Django REST Framework and this service, sends the same requests to both, and compares the replies.
Then it uses both with the same front end. It fails if replies differ and the case does not say why, if the case says
why and the replies are equal, or if docs/django-parity.md does not show the result.
  --write    writes docs/django-parity.md
  --require  fails if Django cannot be installed, instead of skipping the comparison

It needs Python 3.10 or newer, and installs Django into .work/.`

const options = { write: { type: 'boolean', default: false }, require: { type: 'boolean', default: false } } as const

const lifetime = 30 // of access tokens, in seconds: longer than the comparison takes
const clockSkew = 5 // seconds for which the service still accepts an expired token

await runTool(help, options, async ({ write, require }) => {
  const python = await installDjango().catch((error: unknown) => {
    if (require || !(error instanceof StartError)) throw error
    console.log(`SKIPPED: no comparison with Django. ${error.message}`)
  })
  if (python === undefined) return
  const django = await startDjango(python, lifetime)
  const gatehouse = await startGatehouse(lifetime).catch(async (error: unknown) => {
    await django.stop()
    throw error
  })
  try {
    const results = await compareSystems(django, gatehouse)
    const untilExpired = () => sleep((lifetime + clockSkew + 1) * 1000)
    const [theirs, ours] = await Promise.all([django, gatehouse].map((system) => useFrontEnd(system, untilExpired)))
    const wrong = results.filter(({ mistake }) => mistake !== undefined)
    for (const { name, mistake } of wrong) console.log(`${name}: ${mistake}`)
    if (theirs?.join() !== ours?.join()) console.log(`The front end saw:\n  ${theirs?.join()}\n  ${ours?.join()}`)
    const counts = (result: string) => `${results.filter((one) => one.result === result).length} ${result}`
    console.log(`${counts('equal')}, ${counts('different as documented')}, ${wrong.length} wrong`)
    if (wrong.length > 0 || theirs?.join() !== ours?.join()) process.exitCode = 1
    const path = join(import.meta.dirname, '../docs/django-parity.md')
    const page = await format(makePage(results, ours ?? []), { ...(await resolveConfig(path)), filepath: path })
    if (write) await writeFile(path, page)
    else if ((await readFile(path, 'utf8')) !== page)
      throw new StartError('docs/django-parity.md does not show this result: run npm run django:parity -- --write.')
  } finally {
    await Promise.all([django.stop(), gatehouse.stop()])
  }
})
