import { readFile } from 'node:fs/promises'

export type Client = {
  /** The name of the client's folder in scripts/sdk/. */
  name: string
  language: string
  generator: string
  /** The programs and libraries that the commands need. */
  needs: string[]
  /** A client, or a product that verifies access tokens: in a function (`verifier`) or in an HTTP API (`api`). */
  kind: 'client' | 'verifier' | 'api'
  /** The shell commands, which begin in an empty folder. The last command runs the example. */
  commands: string
}

type ClientsPage = {
  clients: Client[]
  /** The languages that have no section, as the page lists them. */
  untried: string
}

const page = new URL('../../docs/clients.md', import.meta.url)
const summaryLine = /^(.+ \d\S*)\. Needs (.+)\. Example: \[[^\]]*\]\(\.\.\/scripts\/sdk\/([\w-]+)\/[\w./]+\)\.$/m

/** Reads the clients and their commands from docs/clients.md. */
export async function readClients(): Promise<ClientsPage> {
  const [intro = '', ...sections] = (await readFile(page, 'utf8')).split(/^## /m)
  const [, untried] = /^Not tried: (.+?)\.\s/m.exec(intro) ?? []
  if (!untried) throw new Error('docs/clients.md has no line "Not tried: …."')
  const setup = commandsOf(intro)
  return { clients: sections.map((section) => parseSection(section, setup)), untried }
}

/** @param setup the shell commands that run before those of each section */
function parseSection(section: string, setup: string): Client {
  const language = section.slice(0, section.indexOf('\n'))
  const [, generator, needs, name] = summaryLine.exec(section.replace(/(?<=\S)\n(?=\S)/g, ' ')) ?? []
  if (!generator || !needs || !name)
    throw new Error(`docs/clients.md: ${language} has no line "<generator> <version>. Needs … Example: […](…)."`)
  const programs = [...needs.matchAll(/`([^`]+)`/g)].map(([, program = '']) => program)
  const kind = name.startsWith('verify-') ? 'verifier' : name.startsWith('api-') ? 'api' : 'client'
  return { name, language, generator, needs: programs, kind, commands: setup + commandsOf(section) }
}

/**
 * Returns the shell commands of a section. For each code block with a file name (```ts verify.ts), adds the command
 * that writes the file.
 */
function commandsOf(section: string): string {
  const blocks = [...section.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)]
  return blocks
    .map(([, kind, file, block = '']) => {
      if (file !== undefined) return `cat >${file} <<'END-OF-FILE'\n${block}END-OF-FILE\n`
      return kind === 'sh' ? block : ''
    })
    .join('')
}
