import { readFileSync } from 'node:fs'
import { contrast, luminance, mix } from './contrast.ts'
import type { PagesFolder, Report } from './pagesFolder.ts'
import { parseTree } from './parseTree.ts'

const schemes = ['light', 'dark'] as const

type Color = Record<(typeof schemes)[number], string>
/** Colours by their names, which are those of the custom properties at the top of style.css. */
type Palette = Record<string, Color>

export type Colors = {
  /** The colours of the button in mails. */
  button: { background: string; text: string }
  /** The style sheet with the colours of colors.json, if there is such a file. */
  styleSheet: string | undefined
}

/** Where the pages show each colour, and the contrast that WCAG 2.2 AA requires there (1.4.3, 1.4.11). */
const requirements: [name: string, backgrounds: string[], ratio: number][] = [
  ['text', ['page', 'surface', 'field', 'danger-surface', 'success-surface'], 4.5],
  ['text-muted', ['page', 'surface'], 4.5],
  ['accent', ['page', 'surface'], 4.5],
  ['accent-strong', ['page', 'surface'], 4.5],
  ['on-accent', ['accent', 'accent-strong'], 4.5],
  ['danger', ['surface', 'danger-surface'], 4.5],
  ['success', ['success-surface'], 4.5],
  ['field-border', ['surface'], 3],
]

/** Reads colors.json, whose colours replace those of style.css. */
export function readColors(folder: PagesFolder): Colors {
  const defaults = readDefaults()
  const parse = (content: Buffer, report: Report) => parseColors(content, defaults, report)
  const own = folder.has('colors.json') ? folder.read('colors.json', parse) : undefined
  const { accent, 'on-accent': onAccent } = { ...defaults, ...own }
  const lines = Object.entries(own ?? {}).map(
    ([name, { light, dark }]) => `  --${name}: light-dark(${light}, ${dark});`,
  )
  return {
    button: { background: accent?.light ?? '', text: onAccent?.light ?? '' },
    styleSheet: own && `:root {\n${lines.join('\n')}\n}\n`,
  }
}

/** Reads the colours of our own style sheet. */
function readDefaults(): Palette {
  const style = readFileSync(new URL('../pages/assets/style.css', import.meta.url), 'utf8')
  const properties = style.matchAll(/^ {2}--([\w-]+): light-dark\((#[\da-f]{6}), (#[\da-f]{6})\);$/gm)
  return Object.fromEntries([...properties].map(([, name = '', light = '', dark = '']) => [name, { light, dark }]))
}

function parseColors(content: Buffer, defaults: Palette, report: Report): Palette | undefined {
  const given = parseTree(content, defaults, checkColor, report) as Palette | undefined
  const missing = findMissing(given ?? {})
  for (const name of missing) report(`${name} is missing`)
  if (!given || missing.length > 0) return undefined
  const { accent } = given
  const own = accent ? { 'accent-strong': strengthen(accent), ...given } : given
  for (const mistake of findLowContrasts({ ...defaults, ...own })) report(mistake)
  return own
}

function checkColor(text: string): string | undefined {
  return /^#[\da-f]{6}$/i.test(text) ? undefined : 'must be a colour such as #2a4fd0'
}

function findMissing(palette: Palette): string[] {
  return Object.entries(palette).flatMap(([name, color]) =>
    schemes.filter((scheme) => !(scheme in color)).map((scheme) => `${name}.${scheme}`),
  )
}

/** Returns the colour of a link or button under the pointer. */
function strengthen({ light, dark }: Color): Color {
  return { light: mix(light, '#000000', 0.25), dark: mix(dark, '#ffffff', 0.25) }
}

function findLowContrasts(palette: Palette): string[] {
  return requirements.flatMap(([name, backgrounds, required]) =>
    backgrounds.flatMap((background) =>
      schemes.flatMap((scheme) => {
        const [front = '', back = ''] = [palette[name]?.[scheme], palette[background]?.[scheme]]
        const ratio = contrast(front, back)
        if (ratio >= required) return []
        const better = luminance(back) > 0.18 ? 'darker' : 'lighter'
        // The ratio is rounded down, so that 4.49 is not shown as 4.5.
        const measured = `${Math.floor(ratio * 10) / 10}:1, and at least ${required}:1 is needed`
        return `${name} (${front}) on ${background} (${back}) in the ${scheme} scheme has a contrast of ${measured}. Choose a ${better} ${name}.`
      }),
    ),
  )
}
