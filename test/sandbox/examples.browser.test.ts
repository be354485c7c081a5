import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { findFreePort } from '../../scripts/freePort.ts'
import { findChromium } from '../support/chromium.ts'
import { skip } from '../support/skip.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const guide = readFileSync(join(root, 'docs/testing.md'), 'utf8')
const { PATH, HOME, NODE_COMPILE_CACHE = '' } = process.env

type Workflow = { jobs: { test: { steps: { name?: string; run?: string }[] } } }

/** Returns the code block of the guide whose first line names a file. */
function example(path: string): string {
  const blocks = [...guide.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
  const found = blocks.find((block) => /^(?:#|\/\/) (.*)$/m.exec(block)?.[1] === path)
  assert.ok(found, path)
  return found
}

describe('the examples in docs/testing.md', function () {
  this.timeout(120_000)
  let folder: string
  let port: string
  const environment = () => ({ PATH, HOME, NODE_COMPILE_CACHE, PORT: port, GATEHOUSE_URL: `http://127.0.0.1:${port}` })

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-product-'))
    port = String(await findFreePort())
    // Gatehouse has its own folder, like a checkout, so that ../ is the folder of the product.
    await mkdir(join(folder, 'gatehouse'))
    for (const name of ['package.json', '.npmrc', 'node_modules', 'src', 'sql', 'generated', 'openapi.yaml'])
      await symlink(join(root, name), join(folder, 'gatehouse', name))
    const [, users = ''] = /^```yaml\n(users:[\s\S]*?)^```$/m.exec(guide) ?? []
    await write('tests/users.yaml', users)
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  async function write(path: string, text = example(path)): Promise<void> {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text.replaceAll('8000', port))
  }

  /** Ends the sandbox, as the end of a CI job does, and waits until its folder is gone. */
  async function endSandbox(): Promise<void> {
    const log = await readFile(join(folder, 'sandbox.log'), 'utf8').catch(() => '')
    const [, path = '', pid = ''] = /^Folder +(\S+-(\d+)-\w+)$/m.exec(log) ?? []
    assert.notEqual(pid, '', log)
    process.kill(Number(pid))
    for (let tries = 0; existsSync(path); tries++) {
      assert.ok(tries < 500, `${path} is still there`)
      await sleep(20)
    }
  }

  it('include steps for GitHub Actions that run the pytest example', async function () {
    await run('python3', ['-c', 'import pytest, requests']).catch(() => skip(this, 'no pytest or requests'))
    await write('tests/test_accounts.py')
    const { steps } = (parse(example('.github/workflows/test.yaml')) as Workflow).jobs.test
    const runStep = async (name: string) => {
      const script = steps.find((step) => step.name === name)?.run ?? ''
      assert.notEqual(script, '', name)
      // GitHub runs each step in its own shell.
      const options = { cwd: folder, env: environment() }
      return (await run('bash', ['-e', '-c', script.replaceAll('8000', port)], options)).stdout
    }
    try {
      assert.match(await runStep('Start the sandbox'), /"now":/)
      assert.match(await runStep('Test'), /\b2 passed\b/)
    } finally {
      await endSandbox()
    }
  })

  it('include a Playwright test that passes in Chromium and stops its sandbox', async function () {
    const launchOptions = findChromium() ?? skip(this, 'no Chromium')
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    await write('package.json', '{"type": "module"}')
    await write('playwright.config.js')
    await write('tests/recovery.spec.js')
    await write(
      'here.config.js',
      `import config from './playwright.config.js'
export default { ...config, use: { ...config.use, launchOptions: ${JSON.stringify(launchOptions)} } }`,
    )
    const program = join(root, 'node_modules/.bin/playwright')
    const args = ['test', '--config=here.config.js', '--reporter=line']
    const { stdout } = await run(program, args, { cwd: folder, env: environment() }).catch((error: unknown) => {
      const { stdout: output } = error as { stdout: string }
      throw new Error(output, { cause: error })
    })
    assert.match(stdout, /\b1 passed\b/)
    await assert.rejects(fetch(`http://127.0.0.1:${port}/sandbox/clock`), TypeError)
  })
})
