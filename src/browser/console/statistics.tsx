import { useState } from 'preact/hooks'
import type { Period, SignInInterval } from '../../../generated/sdk/index.ts'
import { fill, formatCount, formatNumber, language } from '../language.ts'
import { Loading, useLoad } from '../load.tsx'
import { place, replaceSearch } from '../router.tsx'
import { client } from '../session.ts'
import { Chart, type Series } from './chart.tsx'
import { readFilter } from './filterQuery.ts'
import { Table } from './list.tsx'
import { consoleTexts } from './texts.ts'

const periods = ['day', 'month'] as const
const names = ['sign_ins', 'failed_sign_ins', 'lockouts'] as const

type Name = (typeof names)[number]

/** The largest number that the service counts in an interval. */
const cap = 50_000

function formatInterval(interval: SignInInterval, name: Name): string {
  const { [name]: number, count_capped = false } = interval
  return `${formatNumber(number)}${count_capped && number === cap ? '+' : ''}`
}

/** The name of an interval. Hours are those of the browser's time zone, and days those of UTC. */
function nameInterval(start: string, period: Period): string {
  const format: Intl.DateTimeFormatOptions =
    period === 'day'
      ? { weekday: 'short', hour: '2-digit', minute: '2-digit' }
      : { dateStyle: 'medium', timeZone: 'UTC' }
  return new Intl.DateTimeFormat(language.value, format).format(new Date(start))
}

/** The sign-ins, failures and lockouts over time: a chart, its legend with the sums, and a table. */
export function Statistics() {
  const t = consoleTexts.value.statistics
  const period: Period = readFilter('period') === 'month' ? 'month' : 'day'
  const state = useLoad(period, () => client.getSignInStatistics({ period }), { keepsData: true })
  const show = (each: Period) => () => {
    const query = new URLSearchParams(place.value.search)
    query.set('period', each)
    replaceSearch(`?${query}`)
  }
  return (
    <section class="statistics">
      <div class="toolbar">
        <h2>{t.title}</h2>
        <div class="periods" role="group" aria-label={t.period}>
          {periods.map((each) => (
            <button key={each} type="button" class="secondary" aria-pressed={period === each} onClick={show(each)}>
              {t.periods[each]}
            </button>
          ))}
        </div>
      </div>
      <Loading state={state}>{({ intervals }) => <Figures intervals={intervals} period={period} />}</Loading>
    </section>
  )
}

function Figures({ intervals, period }: { intervals: SignInInterval[]; period: Period }) {
  const t = consoleTexts.value.statistics
  const [shown, setShown] = useState<number>()
  const interval = shown === undefined ? undefined : intervals[shown]
  const sum = (name: Name) => intervals.reduce((total, each) => total + each[name], 0)
  const isCapped = intervals.some((each) => each.count_capped)
  const series: Series[] = names.map((name) => ({ name, values: intervals.map((each) => each[name]) }))
  const summary = fill(t.summary, {
    period: t.periods[period],
    signIns: formatCount(sum('sign_ins'), t.signIns, isCapped),
    failed: formatCount(sum('failed_sign_ins'), t.failures, isCapped),
    lockouts: formatCount(sum('lockouts'), t.lockouts),
  })
  return (
    <>
      <ul class="legend">
        {names.map((name) => (
          <li key={name}>
            <span class={`swatch ${name}`} /> {t.names[name]}{' '}
            <strong>
              {interval ? formatInterval(interval, name) : formatNumber(sum(name)) + (isCapped ? '+' : '')}
            </strong>
          </li>
        ))}
        <li class="hint">{interval ? nameInterval(interval.start, period) : t.periods[period]}</li>
      </ul>
      <Chart
        starts={intervals.map(({ start }) => Date.parse(start))}
        series={series}
        isUtc={period === 'month'}
        summary={summary}
        marked={shown}
        mark={setShown}
      />
      <details>
        <summary>{t.asTable}</summary>
        <Table
          caption={summary}
          rows={intervals.toReversed()}
          keyOf={({ start }) => start}
          columns={[
            { label: t.interval, kind: 'main', show: ({ start }) => nameInterval(start, period) },
            ...names.map((name) => ({
              label: t.names[name],
              show: (each: SignInInterval) => formatInterval(each, name),
            })),
          ]}
        />
      </details>
    </>
  )
}
