import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { packSdk } from '../../scripts/sdkPack/pack.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

type Manifest = { dependencies: Record<string, string>; devDependencies: Record<string, string> }

/** A copy of docs/example/ with its packages, as docs/integrate.md installs it, and the processes that run in it. */
export class ExampleProduct {
  readonly folder: string
  readonly #children = new Set<ChildProcess>()

  private constructor(folder: string) {
    this.folder = folder
  }

  /** Copies the example. Its packages are those of the repository, so that no registry is needed. */
  static async create(): Promise<ExampleProduct> {
    const product = new ExampleProduct(await mkdtemp(join(tmpdir(), 'gatehouse-example-')))
    const { folder } = product
    await cp(join(root, 'docs/example'), folder, { recursive: true })
    const { dependencies, devDependencies } = JSON.parse(
      await readFile(join(folder, 'package.json'), 'utf8'),
    ) as Manifest
    for (const name of [...Object.keys({ ...dependencies, ...devDependencies }), '.bin']) {
      const link = join(folder, 'node_modules', name)
      await mkdir(dirname(link), { recursive: true })
      await symlink(join(root, 'node_modules', name), link)
    }
    const tarball = await packSdk(folder)
    const installed = join(folder, 'node_modules/gatehouse-sdk')
    await mkdir(installed)
    await run('tar', ['xzf', tarball, '--strip-components=1', '-C', installed])
    return product
  }

  /** Runs a shell command in the folder, or in another one. @returns what it printed */
  async run(command: string, settings: NodeJS.ProcessEnv = {}, cwd = this.folder): Promise<string> {
    const { stdout } = await run('bash', ['-c', command], { cwd, env: environment(settings) }).catch(
      (error: unknown) => {
        const { stdout: output, stderr } = error as { stdout: string; stderr: string }
        throw new Error(`${command}:\n${output}${stderr}`, { cause: error })
      },
    )
    return stdout
  }

  /**
   * Starts a shell command, and waits until it answers at the URL. It runs until `stop`.
   * @returns what stops it earlier
   */
  async start(command: string, url: string, settings: NodeJS.ProcessEnv = {}, cwd = this.folder) {
    const child = spawn('bash', ['-c', command], { cwd, env: environment(settings), detached: true })
    this.#children.add(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => {
        output += text.toString()
      })
    for (const until = Date.now() + 50_000; ;) {
      if (await fetch(url).catch(() => undefined)) return () => this.#end(child)
      if (child.exitCode !== null || Date.now() > until) throw new Error(`${command} does not listen:\n${output}`)
      await sleep(50)
    }
  }

  async stop(): Promise<void> {
    for (const child of [...this.#children].reverse()) await this.#end(child)
    await rm(this.folder, { recursive: true, force: true })
  }

  async #end(child: ChildProcess): Promise<void> {
    this.#children.delete(child)
    if (child.pid === undefined || child.exitCode !== null) return
    process.kill(-child.pid) // the shell and all that it has started
    await once(child, 'close')
  }
}

function environment(settings: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH = '', HOME, NODE_COMPILE_CACHE = '' } = process.env
  return { PATH: `${dirname(process.execPath)}:${PATH}`, HOME, NODE_COMPILE_CACHE, ...settings }
}
