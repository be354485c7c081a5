export type References = { numbers: number[]; isUnreadable: boolean }

const reference = /\(security ([^()]*)\)/g

/**
 * Reads the requirement numbers in a test's full title: "(security 40)", "(security 43–48, 53)".
 * @returns the numbers. `isUnreadable` is true if the title has a number after "security" in another form.
 */
export function referencesIn(title: string): References {
  const items = [...title.matchAll(reference)].flatMap(([, list = '']) => list.split(', '))
  const ranges = items.map((item) => /^(\d+)(?:–(\d+))?$/.exec(item)).filter((match) => match !== null)
  const numbered = items.filter((item) => /^\d/.test(item))
  return {
    numbers: ranges.flatMap(([, from, to]) => range(Number(from), Number(to ?? from))),
    isUnreadable: numbered.length > ranges.length || /\bsecurity \d/.test(withoutReferences(title)),
  }
}

export function withoutReferences(title: string): string {
  return title.replace(reference, '').replace(/\s+/g, ' ').trim()
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(to - from + 1, 0) }, (_, index) => from + index)
}
