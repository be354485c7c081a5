import assert from 'node:assert/strict'
import { readReport } from '../../scripts/lighthouse/audit.ts'

describe('the report of Lighthouse', () => {
  const refs = (...ids: string[]) => ids.map((id) => ({ id, weight: id === 'manual' ? 0 : 1 }))
  const report = (accessibility: number | null) => ({
    finalDisplayedUrl: 'http://127.0.0.1/account/',
    categories: {
      accessibility: { score: accessibility, auditRefs: refs('label', 'manual', 'absent') },
      'best-practices': { score: 1, auditRefs: refs('is-on-https') },
    },
    audits: {
      label: { title: 'Form elements have no labels', score: 0, details: { items: [1] } },
      manual: { title: 'The tab order is logical', score: 0 },
      absent: { title: 'Does not apply', score: null },
      'is-on-https': { title: 'Uses HTTPS', score: 1 },
    },
  })

  it('gives each score, rounded down, and the audits that lower it', () => {
    assert.deepEqual(readReport(report(0.999)), {
      url: 'http://127.0.0.1/account/',
      scores: { accessibility: 99, 'best-practices': 100 },
      failures: ['label: Form elements have no labels {"items":[1]}'],
    })
  })

  it('gives 0 points to a category without a score', () => {
    assert.equal(readReport(report(null)).scores.accessibility, 0)
  })

  it('is refused if the page could not be audited', () => {
    const failed = { ...report(1), runtimeError: { message: 'NO_FCP' } }
    assert.throws(() => readReport(failed), /could not audit http:\/\/127\.0\.0\.1\/account\/: NO_FCP/)
  })
})
