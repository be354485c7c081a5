export type References = { numbers: number[]; faults: string[]; unreadable: boolean }

const reference = /\((?:security |(?=F\d))([^()]*)\)/g

/**
 * The numbers of docs/security.md that a test's full title names, as "(security 40)", "(security 43–48, 53)" or
 * "(security 40, compatibility)"; and the faults it names, as "(security 39, F20)" or "(F20)".
 * `unreadable`: it speaks of security and a number in another form.
 */
export function referencesIn(title: string): References {
  const items = [...title.matchAll(reference)].flatMap(([, list = '']) => list.split(', '))
  const ranges = items.map((item) => /^(\d+)(?:–(\d+))?$/.exec(item)).filter((match) => match !== null)
  const faults = items.filter((item) => /^F\d+$/.test(item))
  const odd = items.filter((item) => /^F?\d/.test(item)).length > ranges.length + faults.length
  return {
    numbers: ranges.flatMap(([, from, to]) => through(Number(from), Number(to ?? from))),
    faults,
    unreadable: odd || /\bsecurity F?\d/.test(withoutReferences(title)),
  }
}

export function withoutReferences(title: string): string {
  return title.replace(reference, '').replace(/\s+/g, ' ').trim()
}

function through(from: number, to: number): number[] {
  return Array.from({ length: Math.max(to - from + 1, 0) }, (_, index) => from + index)
}
