import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { load } from 'js-yaml'
import { skip } from '../support/skip.ts'
import { ObservedService } from './support/scrape.ts'

const run = promisify(execFile)
const alertsFile = 'deploy/prometheus/alerts.yml'
const read = (file: string) => readFileSync(file, 'utf8')

type Rule = { alert: string; expr: string; labels: { severity: string }; annotations: { summary: string } }
type Panel = { title: string; targets: { expr: string }[] }

const { groups } = load(read(alertsFile)) as { groups: { rules: Rule[] }[] }
const rules = groups.flatMap((group) => group.rules)
const { panels } = JSON.parse(read('deploy/grafana/gatehouse.json')) as { panels: Panel[] }
const guide = read('docs/operations.md')
// These labels come from Prometheus, and le from every histogram.
const outerLabels = ['instance', 'job', 'le']

describe('the dashboard, the alerts and their guide', () => {
  /** The labels of each metric of a scrape. */
  const labels = new Map<string, Set<string>>()
  let text = ''
  before(async () => {
    const observed = await ObservedService.start({ RATE_LIMITS: 'on' })
    try {
      await observed.service.call('createToken', { body: { email: 'nobody@example.com', password: 'a password' } })
      text = await (await fetch(observed.url)).text()
      for (const sample of (await observed.scrape()).keys()) {
        const [, name = '', inner = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(sample) ?? []
        labels.set(name, new Set([...inner.matchAll(/(\w+)="/g)].map(([, label = '']) => label)))
      }
    } finally {
      await observed.service.stop()
    }
  })

  const expressions: [name: string, expr: string][] = [
    ...rules.map(({ alert, expr }) => [alert, expr] as [string, string]),
    ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as [string, string])),
  ]

  it('use only metrics and labels that the service has', () => {
    assert.ok(expressions.length > 40)
    for (const [name, expr] of expressions) {
      const metrics = [...expr.matchAll(/\b((?:gatehouse|nodejs|process)_\w+)(?:\{([^}]*)\})?/g)]
      assert.ok(metrics.length > 0 || expr.startsWith('up{'), name)
      for (const [, metric = '', matchers = ''] of metrics) {
        const known = labels.get(metric)
        assert.ok(known, `${name} uses ${metric}`)
        for (const [, label = ''] of matchers.matchAll(/(\w+)(?:=~|!=|!~|=)/g))
          assert.ok(known.has(label) || outerLabels.includes(label), `${name} uses ${metric} by ${label}`)
      }
    }
  })

  it('have rules that the guide explains, each with a severity and a summary', () => {
    for (const { alert, labels: own, annotations } of rules) {
      assert.ok(guide.includes(`\n- **${alert}**: `), alert)
      assert.match(own.severity, /^(info|warning|critical)$/)
      assert.match(annotations.summary, /\.$/)
    }
    assert.equal([...guide.matchAll(/^- \*\*Gatehouse\w+\*\*/gm)].length, rules.length)
  })

  it('have rules that promtool accepts, if it is installed', async function () {
    const isInstalled = await run('promtool', ['--version']).then(
      () => true,
      () => false,
    )
    if (!isInstalled) skip(this, 'promtool is not installed')
    const { stdout } = await run('promtool', ['check', 'rules', alertsFile])
    assert.match(stdout, new RegExp(`SUCCESS: ${rules.length} rules found`))
  })

  it('include every metric of the service in the guide', () => {
    const names = [...text.matchAll(/^# TYPE (gatehouse_\w+) /gm)].map(([, name = '']) => name)
    const described = [...guide.matchAll(/`(gatehouse_\w+?)(?:\{[\w,]+\})?`/g)].map(([, name = '']) => name)
    assert.deepEqual(
      names.filter((name) => !described.includes(name)),
      [],
    )
    assert.ok(names.length >= 18)
  })

  it('name the version of the SDK for traces that is tested', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> }
    const version = devDependencies['@opentelemetry/sdk-node'] ?? ''
    assert.ok(guide.includes(`npm install --no-save @opentelemetry/sdk-node@${version}\n`))
  })
})
