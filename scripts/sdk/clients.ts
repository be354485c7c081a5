import { readFile } from 'node:fs/promises'

export type Client = {
  /** The name of the client's folder in scripts/sdk/. */
  name: string
  language: string
  generator: string
  /** The programs and libraries that the commands need. */
  needs: string[]
  /** Whether the example is not a client but a product that verifies access tokens. */
  verifies: boolean
  /** The shell commands of the section. The last command runs the example. */
  commands: string
}

type ClientsPage = {
  /** The shell commands that run before those of each client. */
  setup: string
  clients: Client[]
  /** The languages that have no section, as the page names them. */
  untried: string
}

const page = new URL('../../docs/clients.md', import.meta.url)
const summaryLine = /^(.+ \d\S*)\. Needs (.+)\. Example: \[[^\]]*\]\(\.\.\/scripts\/sdk\/([\w-]+)\/[\w./]+\)\.$/m

/** Reads the clients and their commands from docs/clients.md. */
export async function readClients(): Promise<ClientsPage> {
  const [intro = '', ...sections] = (await readFile(page, 'utf8')).split(/^## /m)
  const [, untried] = /^Not tried: (.+?)\.\s/m.exec(intro) ?? []
  if (!untried) throw new Error('docs/clients.md has no line "Not tried: …."')
  return { setup: commandsOf(intro), clients: sections.map(parseSection), untried }
}

function parseSection(section: string): Client {
  const language = section.slice(0, section.indexOf('\n'))
  const [, generator, needs, name] = summaryLine.exec(section.replace(/(?<=\S)\n(?=\S)/g, ' ')) ?? []
  if (!generator || !needs || !name)
    throw new Error(`docs/clients.md: ${language} has no line "<generator> <version>. Needs … Example: […](…)."`)
  const programs = [...needs.matchAll(/`([^`]+)`/g)].map(([, program = '']) => program)
  const verifies = name.startsWith('verify-')
  return { name, language, generator, needs: programs, verifies, commands: commandsOf(section) }
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
