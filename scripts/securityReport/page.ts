import { format, resolveConfig } from 'prettier'
import { byFile, type Result } from './lastRun.ts'
import { withoutReferences } from './references.ts'

/** The path of the page from the root; its links start from its folder. */
export const page = 'docs/security.md'

export type Requirement = { number: number; text: string }
export type Row = Requirement & { results: Result[] }

// Prettier aligns what follows a number of three digits by a second space.
const requirement = /^((\d+)\. +)(.+)$/
const titlesShown = 3

/** The requirements of the page, each on a line of its own: its number, what it says, and its source in parentheses. */
export function readRequirements(text: string): Requirement[] {
  return text.split('\n').flatMap((line) => {
    const [, , number, words = ''] = requirement.exec(line) ?? []
    return number === undefined ? [] : [{ number: Number(number), text: words.replace(/_([^_]+)_$/, '($1)') }]
  })
}

/** The page with the tests of each requirement in a list beneath it, in place of the lists that were there. */
export async function withTests(text: string, rows: Row[]): Promise<string> {
  const results = new Map(rows.map((row) => [row.number, row.results]))
  const lines = text.split('\n').filter((line) => !/^ +- \[/.test(line))
  const whole = lines.flatMap((line) => {
    const [, marker = '', number] = requirement.exec(line) ?? []
    return [line, ...listOf(' '.repeat(marker.length), results.get(Number(number)) ?? [])]
  })
  return format(whole.join('\n'), { ...(await resolveConfig(page, { editorconfig: true })), filepath: page })
}

function listOf(indent: string, results: Result[]): string[] {
  return byFile(results).map(([file, those]) => {
    const titles = those.slice(0, titlesShown).map(({ title }) => escape(withoutReferences(title)))
    const all = [...titles, ...(those.length > titlesShown ? ['and more'] : [])].join('; ')
    return `${indent}- [${file.replace(/^test\//, '')}](../${file}): ${all}`
  })
}

function escape(title: string): string {
  return title.replace(/[\\`*_[\]<>&|~]/g, '\\$&')
}
