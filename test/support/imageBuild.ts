import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { Copy, DockerfileParser, Env, From, type Instruction } from 'dockerfile-ast'

const run = promisify(execFile)
const repository = join(import.meta.dirname, '../..')

const PATH = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`

type Identity = { uid?: number; gid?: number }

/**
 * Executes a Dockerfile without Docker. The Node.js installation that runs the tests stands in for the base image, and
 * a folder stands in for the root of each stage's file system. All stages use the same path, as they do in Docker.
 */
export class ImageBuild {
  readonly folder: string
  /** The arrays of CMD and of the CMD of HEALTHCHECK. */
  command: string[] = []
  healthcheck: string[] = []
  readonly #ignored: string[]
  readonly #root: string
  #stages: string[] = []
  #workingFolder = ''
  #identity: Identity = {}
  #environment: Record<string, string> = {}

  private constructor(folder: string, ignored: string[]) {
    this.folder = folder
    this.#root = join(folder, 'root')
    this.#ignored = ignored
  }

  /** @throws an error with the output of the RUN that failed */
  static async run(path: string): Promise<ImageBuild> {
    const ignoreFile = await readFile(join(repository, `${path}.dockerignore`), 'utf8')
    const ignored = ignoreFile.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    if (ignored[0] !== '*') throw new Error('the first line of .dockerignore does not ignore everything')
    const build = new ImageBuild(await mkdtemp(join(tmpdir(), 'gatehouse-image-')), ignored)
    await chmod(build.folder, 0o755)
    try {
      const text = await readFile(join(repository, path), 'utf8')
      for (const instruction of DockerfileParser.parse(text).getInstructions()) await build.#execute(instruction)
      return build
    } catch (error) {
      await build.remove()
      throw error
    }
  }

  /** The folder that is the working folder of the image. */
  get home(): string {
    return join(this.#root, this.#workingFolder)
  }

  /**
   * Starts a command in the image as its user, with the environment of the image and these settings. HOME is / as in
   * containers whose user has no entry in /etc/passwd.
   */
  spawn([program = '', ...args]: string[], settings: Record<string, string> = {}): ChildProcess {
    const env = { PATH, HOME: '/', ...this.#environment, ...settings }
    return spawn(program, args, { cwd: this.home, env, ...this.#identity })
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true })
  }

  async #execute(instruction: Instruction): Promise<void> {
    const content = instruction.getArgumentsContent() ?? ''
    const keyword = instruction.getKeyword()
    if (instruction instanceof From) return this.#startStage(instruction)
    if (instruction instanceof Copy) return this.#copy(instruction)
    if (instruction instanceof Env) {
      for (const property of instruction.getProperties()) {
        const value = property.getValue() ?? ''
        this.#environment[property.getName()] = value.startsWith('/') ? join(this.#root, value) : value
      }
    } else if (keyword === 'WORKDIR') {
      this.#workingFolder = content
      await mkdir(this.home, { recursive: true })
    } else if (keyword === 'USER') {
      const [uid, gid] = content.split(':').map(Number)
      if (!uid || !gid) throw new Error(`USER ${content} is not numeric, or is root`)
      this.#identity = { uid, gid }
    } else if (keyword === 'RUN') await this.#run(content)
    else if (keyword === 'CMD') this.command = JSON.parse(content) as string[]
    else if (keyword === 'HEALTHCHECK')
      this.healthcheck = JSON.parse(/CMD (\[.*\])$/s.exec(content)?.[1] ?? '') as string[]
    else if (keyword !== 'EXPOSE') throw new Error(`${keyword} is not supported`)
  }

  async #startStage(from: From): Promise<void> {
    const name = this.#stages.at(-1)
    if (name !== undefined) await rename(this.#root, join(this.folder, name))
    this.#stages.push(from.getBuildStage() ?? 'image')
    this.#identity = {}
    this.#environment = {}
    await mkdir(this.#root)
  }

  async #copy(copy: Copy): Promise<void> {
    const stage = copy.getFromFlag()?.getValue()
    const paths = copy.getArguments().map((argument) => argument.getValue())
    const target = paths.pop() ?? ''
    for (const path of paths) {
      if (stage == null && !this.#ignored.includes(`!${path}`)) throw new Error(`.dockerignore excludes ${path}`)
      const source = stage == null ? join(repository, path) : join(this.folder, stage, path)
      const isFile = (await stat(source)).isFile()
      const place = resolve(this.home, target, isFile && target.endsWith('/') ? basename(path) : '')
      // Unlike Node's cp, this makes root the owner, as COPY does.
      await run('cp', ['-R', '--preserve=mode', '--no-target-directory', source, place])
    }
  }

  async #run(command: string): Promise<void> {
    const inherited = Object.entries(process.env).filter(([name]) => /^(HOME|npm_config_.*|.*_proxy)$/i.test(name))
    const own = this.#identity.uid === undefined ? { npm_config_prefer_offline: 'true' } : { HOME: '/' }
    const env = { ...Object.fromEntries(inherited), PATH, ...this.#environment, ...own }
    await run('/bin/sh', ['-c', command], { cwd: this.home, env, ...this.#identity })
  }
}
