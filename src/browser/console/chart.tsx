import type { TargetedPointerEvent } from 'preact'
import { formatNumber, language } from '../language.ts'

export type Series = { name: string; values: number[] }

type Props = {
  /** The start of each interval, in milliseconds since 1970. */
  starts: number[]
  series: Series[]
  /** Whether the intervals are days of UTC, and not hours. */
  isUtc: boolean
  /** A text alternative to the chart, for people who cannot see it. */
  summary: string
  /** The index of the marked interval. */
  marked: number | undefined
  /** Called with the index of the interval under the pointer. */
  mark: (index: number | undefined) => void
}

const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000]

/** The numbers at the lines of the grid, of which there are at most 6. */
function ticksUpTo(top: number): number[] {
  const step = steps.find((each) => top / each <= 5) ?? top
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, index) => index * step)
}

/**
 * A chart of counts over time. Its lines are stretched to the size of the chart, so that they need no measurement; its
 * numbers are text, which is not stretched. The style sheet has the colour of each series, as the class of its name.
 */
export function Chart({ starts, series, isUtc, summary, marked, mark }: Props) {
  const last = Math.max(1, starts.length - 1)
  const most = Math.max(...series.flatMap(({ values }) => values))
  const top = Math.max(4, Math.ceil(most * 1.1))
  // Positions are percentages.
  const xOf = (index: number) => Number(((index / last) * 100).toFixed(2))
  const yOf = (count: number) => Number((100 - (count / top) * 100).toFixed(2))
  const lineOf = (values: number[]) => `M${values.map((count, index) => `${xOf(index)} ${yOf(count)}`).join('L')}`
  const format: Intl.DateTimeFormatOptions = isUtc
    ? { day: 'numeric', month: 'short', timeZone: 'UTC' }
    : { timeStyle: 'short' }
  const times = new Intl.DateTimeFormat(language.value, format)
  const every = Math.ceil(starts.length / 7)
  const ticks = ticksUpTo(top)
  const follow = ({ currentTarget, clientX }: TargetedPointerEvent<HTMLElement>) => {
    const { left, width } = currentTarget.getBoundingClientRect()
    mark(Math.round(Math.min(1, Math.max(0, (clientX - left) / width)) * last))
  }
  const leave = () => {
    mark(undefined)
  }
  return (
    <div class="chart" role="img" aria-label={summary}>
      <div class="plot" onPointerMove={follow} onPointerDown={follow} onPointerLeave={leave}>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none">
          <path class="grid" d={ticks.map((tick) => `M0 ${yOf(tick)}H100`).join('')} />
          {series.slice(0, 1).map(({ name, values }) => (
            <path key={name} class={`area ${name}`} d={`${lineOf(values)}V100H0Z`} />
          ))}
          {series.map(({ name, values }) => (
            <path key={name} class={name} d={lineOf(values)} />
          ))}
          {marked !== undefined && <path class="mark" d={`M${xOf(marked)} 0V100`} />}
          {marked !== undefined &&
            series.map(({ name, values }) => (
              <path key={name} class={`dot ${name}`} d={`M${xOf(marked)} ${yOf(values[marked] ?? 0)}h0`} />
            ))}
        </svg>
        {ticks.map((tick) => (
          <span key={tick} class="tick" style={{ top: `${yOf(tick)}%` }}>
            {formatNumber(tick)}
          </span>
        ))}
        {starts.map(
          (start, index) =>
            index % every === 0 && (
              <span
                key={start}
                class={index % (2 * every) === 0 ? 'time' : 'time odd'}
                style={{ left: `${xOf(index)}%` }}
              >
                {times.format(start)}
              </span>
            ),
        )}
      </div>
    </div>
  )
}
