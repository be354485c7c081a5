import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { StartError } from '../../src/problems.ts'

/** A deliberate mistake: in `file`, `find` is replaced. It imitates a mistake that developers make. */
export type Mutation = {
  id: string
  mistake: string
  file: string
  find: string
  replace: string
  /** The test files of npm test that cover the changed code. */
  tests?: string[]
  /** Why no check can notice the mistake. */
  survives?: string
}

const root = join(import.meta.dirname, '../..')
const copied = ['src', 'scripts', 'test', 'sql', 'generated', 'contract', 'openapi.yaml', 'flows.arazzo.yaml']
const alsoCopied = ['package.json', 'CHANGELOG.md', '.mocharc.json', 'tsconfig.json']

/** Reads the mutations of the server and of the contract. @throws StartError if two mutations have the same id */
export async function readMutations(): Promise<Mutation[]> {
  const files = ['server.yaml', 'contract.yaml'].map((name) => join(import.meta.dirname, name))
  const mutations = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).flatMap(
    (text) => load(text) as Mutation[],
  )
  const ids = mutations.map(({ id }) => id)
  const twice = ids.find((id, at) => ids.indexOf(id) !== at)
  if (twice !== undefined) throw new StartError(`Two mutations have the id ${twice}: give one another id.`)
  return mutations
}

/**
 * Applies a mutation to the text of its file.
 * @throws StartError unless the text to find occurs exactly once
 */
export function mutate(text: string, { id, file, find, replace }: Mutation): string {
  const [before = '', ...after] = text.split(find)
  if (after.length !== 1)
    throw new StartError(
      `Mutation ${id}: its text occurs ${after.length} times in ${file} instead of once. Adapt it to the code of today:\n${find}`,
    )
  return `${before}${replace}${after.join(find)}`
}

/** Applies every mutation in memory, to check it. @throws StartError for the first mutation that cannot be applied */
export async function checkMutations(mutations: Mutation[]): Promise<void> {
  for (const mutation of mutations) mutate(await readFile(join(root, mutation.file), 'utf8'), mutation)
}

/** A copy of the repository, to which one mutation at a time is applied. */
export class Workspace {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async create(): Promise<Workspace> {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-mutate-'))
    for (const name of [...copied, ...alsoCopied]) await cp(join(root, name), join(folder, name), { recursive: true })
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    return new Workspace(folder)
  }

  async apply(mutation: Mutation): Promise<void> {
    const target = join(this.folder, mutation.file)
    const text = mutate(await readFile(target, 'utf8'), mutation)
    await writeFile(target, text)
    if (mutation.file === 'openapi.yaml')
      await writeFile(join(this.folder, 'generated/openapi.json'), JSON.stringify(load(text)))
  }

  async revert({ file }: Mutation): Promise<void> {
    for (const name of file === 'openapi.yaml' ? [file, 'generated/openapi.json'] : [file])
      await cp(join(root, name), join(this.folder, name))
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}
