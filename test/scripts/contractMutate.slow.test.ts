import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { formatOutcome, formatScore, isMissed, type Outcome } from '../../scripts/contractMutate/report.ts'
import { checkMutations, mutate, readMutations, type Mutation } from '../../scripts/contractMutate/workspace.ts'

const root = join(import.meta.dirname, '../..')
const script = join(root, 'scripts/contractMutate.ts')
const mutation: Mutation = { id: 'one', mistake: 'A mistake', file: 'file.ts', find: 'right', replace: 'wrong' }

describe('npm run contract:mutate', () => {
  it('replaces a text that occurs exactly once', () => {
    assert.equal(mutate('it is right.', mutation), 'it is wrong.')
    assert.equal(mutate('it is right.', { ...mutation, replace: '$&' }), 'it is $&.')
  })

  it('refuses a text that does not occur, or that occurs twice', () => {
    assert.throws(() => mutate('it is.', mutation), /^Error: Mutation one: its text occurs 0 times in file\.ts/)
    assert.throws(() => mutate('right, right', mutation), /occurs 2 times in file\.ts instead of once/)
  })

  it('has only mutations whose text occurs in the present code', async () => {
    const mutations = await readMutations()
    await checkMutations(mutations)
    assert.ok(mutations.filter(({ file }) => file === 'openapi.yaml').length >= 32)
    const ofService = mutations.filter(({ file }) => file !== 'openapi.yaml')
    assert.ok(ofService.length >= 22)
    assert.deepEqual(
      ofService.filter(({ tests = [] }) => tests.length === 0 || !tests.every((file) => existsSync(join(root, file)))),
      [],
    )
  })

  it('counts the mutations that each check detects, and lists the others with reasons', () => {
    const noticed: Outcome = {
      mutation,
      verdicts: [
        { check: 'contract:test', complaint: undefined },
        { check: 'contract:test --write', complaint: 'getMe, the profile: wrong' },
      ],
    }
    const missed: Outcome = { mutation: { ...mutation, id: 'two' }, verdicts: [noticed.verdicts[0] as never] }
    const explained: Outcome = { ...missed, mutation: { ...mutation, id: 'three', survives: 'It is prose.' } }
    assert.match(formatOutcome(noticed), /– contract:test notices nothing\n {2}✓ contract:test --write: getMe/)
    const score = formatScore([noticed, missed, explained])
    assert.match(score, /^contract:test {10}0 of 3 \(0\.0 %\)\ncontract:test --write {2}1 of 1 \(100\.0 %\)$/m)
    assert.match(score, /^noticed {16}1 of 3 \(33\.3 %\)$/m)
    assert.match(
      score,
      /two: A mistake\. No reason is known: a check is missing\.\n {2}three: A mistake\. It is prose\./,
    )
    assert.deepEqual([noticed, missed, explained].map(isMissed), [false, true, false])
  })

  it('reports a mutation that does not exist', async () => {
    const { code, stderr } = await run('--only', 'no-such')
    assert.equal(code, 1)
    assert.match(stderr, /^There is no mutation no-such/)
  })
})

function run(...parameters: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...parameters], (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
    })
  })
}
