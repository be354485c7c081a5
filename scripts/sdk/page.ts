import { readFile } from 'node:fs/promises'

export type Client = {
  /** The name of its folder in scripts/sdk/. */
  name: string
  language: string
  generator: string
  /** The programs that have to be there. */
  needs: string[]
  /** Whether it is no client but a product that verifies tokens. */
  verifies: boolean
  /** Shell commands; the last one runs the example. */
  commands: string
}

const page = new URL('../../docs/clients.md', import.meta.url)
const about = /^(.+ \d\S*)\. Needs (.+)\. Example: \[[^\]]*\]\(\.\.\/scripts\/sdk\/([\w-]+)\/[\w./]+\)\.$/m

type Page = {
  /** The commands that come before every client's. */
  before: string
  clients: Client[]
  /** The languages without a section, as the page names them. */
  untried: string
}

/** docs/clients.md, as it is run. */
export async function readPage(): Promise<Page> {
  const [intro = '', ...sections] = (await readFile(page, 'utf8')).split(/^## /m)
  const [, untried] = /^Not tried: (.+?)\.\s/m.exec(intro) ?? []
  if (!untried) throw new Error('docs/clients.md lacks its line "Not tried: …."')
  return { before: commandsOf(intro), clients: sections.map(parseSection), untried }
}

function parseSection(section: string): Client {
  const language = section.slice(0, section.indexOf('\n'))
  const [, generator, needs, name] = about.exec(section.replace(/(?<=\S)\n(?=\S)/g, ' ')) ?? []
  if (!generator || !needs || !name) {
    throw new Error(`docs/clients.md: ${language} lacks its line "<generator> <version>. Needs … Example: […](…)."`)
  }
  const programs = [...needs.matchAll(/`([^`]+)`/g)].map(([, program = '']) => program)
  const verifies = name.startsWith('verify-')
  return { name, language, generator, needs: programs, verifies, commands: commandsOf(section) }
}

/** The commands of a text, and the files that it shows with their names (```ts verify.ts), which are made on the way. */
function commandsOf(section: string): string {
  const blocks = [...section.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)]
  return blocks
    .map(([, kind, file, block = '']) => {
      if (file !== undefined) return `cat >${file} <<'END-OF-FILE'\n${block}END-OF-FILE\n`
      return kind === 'sh' ? block : ''
    })
    .join('')
}
