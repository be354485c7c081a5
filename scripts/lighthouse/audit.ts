import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '../../src/problems.ts'

export const categories = ['accessibility', 'best-practices'] as const

export type Category = (typeof categories)[number]

/** What Lighthouse says about a page: the URL that it saw, the score of each category, and the audits that failed. */
export type Audit = { url: string; scores: Record<Category, number>; failures: string[] }

type Report = {
  finalDisplayedUrl: string
  runtimeError?: { message: string }
  categories: Record<Category, { score: number | null; auditRefs: { id: string; weight: number }[] }>
  audits: Record<string, { title: string; score: number | null; details?: unknown }>
}

/**
 * Audits a page in a tab of a running browser, with its session.
 * @param port the port of the browser's DevTools
 * @param folder where the report is written
 * @throws StartError if Lighthouse cannot audit the page
 */
export async function auditPage(program: string, url: string, port: number, folder: string): Promise<Audit> {
  const file = join(folder, 'lighthouse.json')
  const parameters = [`--port=${port}`, '--disable-storage-reset', `--only-categories=${categories.join(',')}`]
  parameters.push('--output=json', `--output-path=${file}`, '--no-enable-error-reporting', '--quiet')
  const child = spawn(process.execPath, [program, url, ...parameters], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new StartError(`Lighthouse ended with ${code} for ${url}.`)
  return readReport(JSON.parse(await readFile(file, 'utf8')) as Report)
}

/** Reads the scores, from 0 to 100. A category without a score counts as 0. @throws StartError after a failed run */
export function readReport({ finalDisplayedUrl: url, runtimeError, categories: found, audits }: Report): Audit {
  if (runtimeError) throw new StartError(`Lighthouse could not audit ${url}: ${runtimeError.message}`)
  const score = (name: Category) => Math.floor((found[name].score ?? 0) * 100)
  const failures = categories.flatMap((name) =>
    found[name].auditRefs.flatMap(({ id, weight }) => {
      const audit = audits[id]
      if (weight === 0 || !audit || audit.score === null || audit.score >= 1) return []
      return [`${id}: ${audit.title} ${JSON.stringify(audit.details ?? {}).slice(0, 600)}`]
    }),
  )
  return { url, scores: { accessibility: score('accessibility'), 'best-practices': score('best-practices') }, failures }
}
