import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { Problem, type ProblemCode } from '../../src/problems.ts'

/** FUZZ_SEED repeats a run, and FUZZ_RUNS sets its length. Each run prints its seed. */
const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31 - 1))
const runs = Number(process.env['FUZZ_RUNS'] ?? 10_000)

export function describeFuzz(what: string, tests: () => void): void {
  describe(`${what}, in random cases`, function () {
    this.timeout(60_000 + runs * 10)
    before(() => {
      console.log(`FUZZ_SEED=${seed} repeats these ${runs.toLocaleString('en')} cases of ${what}`)
    })
    tests()
  })
}

/**
 * Checks a property of every case. `judge` throws if the property does not hold, and otherwise returns the outcome.
 * Also fails if one of the `outcomes` is rare, because the cases then hardly test it.
 */
export async function holds<Case, Outcome extends string>(
  cases: fc.Arbitrary<Case>,
  outcomes: readonly Outcome[],
  judge: (one: Case) => Outcome | Promise<Outcome>,
): Promise<void> {
  const seen = new Map<Outcome, number>(outcomes.map((outcome) => [outcome, 0]))
  const property = fc.asyncProperty(cases, async (one) => {
    const outcome = await judge(one)
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
    assertUnpolluted()
  })
  await fc.assert(property, { seed, numRuns: runs })
  for (const [outcome, count] of seen) assert.ok(count >= runs / 100, `${outcome}: only ${count} of ${runs}`)
}

/** Returns the Problem that a function throws, or undefined if it returns. Throws any other error. */
export async function problemOf(
  work: () => unknown,
  ...codes: [ProblemCode, ...ProblemCode[]]
): Promise<Problem | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof Problem && codes.includes(error.code)) return error
    throw error
  }
}

const prototypes: object[] = [Object.prototype, Array.prototype, Function.prototype]
const ownNames = () => prototypes.reduce((count, prototype) => count + Object.getOwnPropertyNames(prototype).length, 0)
const unpolluted = ownNames()

function assertUnpolluted(): void {
  if (ownNames() !== unpolluted) assert.fail('a prototype is polluted')
}

// Characters and sequences that parsers of texts often handle wrongly.
const pieces = [
  ...[
    '',
    ' ',
    '\t',
    '\r\n',
    '\0',
    '"',
    "'",
    '\\',
    '/',
    '.',
    '..',
    ',',
    ';',
    ':',
    '=',
    '%',
    '%00',
    '%2e',
    '&',
    '#',
    '?',
    '@',
    '+',
    '-',
    '_',
    '~',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '{}',
    '[]',
    'null',
    'true',
    '-0',
    '1e400',
    '9007199254740993',
    '\\u0000',
    '\\ud800',
    '__proto__',
    'constructor',
  ],
  ...[
    '\ufeff',
    '\u200b',
    '\u202e',
    '\u0301',
    '\u0307',
    '\u030c',
    '\ud800',
    '\udc00',
    '＠',
    '．',
    '。',
    'ﬁ',
    'ß',
    'ẞ',
    'İ',
    'ı',
    'K',
    'Å',
    'ς',
    'Ⱥ',
    'ǰ',
    'е',
    '😀',
  ],
  ...['xn--', 'xn--80ak6aa92e', '127.0.0.1', '::1', '::ffff:', '0x7f.1', '203.0.113.7', '10.1.2.3', 'A', 'z', '0'],
]
const piece = fc.oneof(
  fc.constantFrom(...pieces),
  fc.string({ unit: 'binary', maxLength: 2 }),
  fc.string({ maxLength: 3 }),
)

type Edit = { at: number; take: number; put: string }
const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  take: fc.oneof(fc.constantFrom(0, 1), fc.nat(8)),
  put: fc.oneof(fc.constant(''), piece),
})

/** Generates texts of the kind with some edits, because random texts are never almost valid. */
export function nearly(texts: fc.Arbitrary<string>, edits = 2): fc.Arbitrary<string> {
  return fc.tuple(texts, fc.array(edit, { maxLength: edits })).map(([text, changes]) =>
    changes.reduce((now, { at, take, put }) => {
      const from = Math.floor(at * (now.length + 1))
      return now.slice(0, from) + put + now.slice(from + take)
    }, text),
  )
}

/** Generates valid texts of the kind, almost valid ones and random ones. */
export function around(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 2, arbitrary: texts },
    { weight: 7, arbitrary: nearly(texts) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  )
}
