import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { formatNumber, language } from '../language.ts'

export type Series = { name: string; values: number[] }

type Props = {
  /** The start of each interval, in seconds since 1970. */
  starts: number[]
  series: Series[]
  /** Whether the intervals are days of UTC, and not hours. */
  isUtc: boolean
  /** What the chart shows, for people who do not see it. */
  summary: string
  /** Called with the index of the interval under the pointer. */
  point: (index: number | undefined) => void
}

const height = 220
const dark = matchMedia('(prefers-color-scheme: dark)')

/** A chart of counts over time. The style sheet has the colour of each series, as the class of its name. */
export function Chart({ starts, series, isUtc, summary, point }: Props) {
  const frame = useRef<HTMLDivElement>(null)
  const key = JSON.stringify([starts, series, language.value])
  useEffect(() => {
    const { current } = frame
    if (!current) return undefined
    let chart: uPlot | undefined
    // The canvas has no colours of the style sheet, so a new colour scheme needs a new chart.
    const draw = () => {
      chart?.destroy()
      const data: uPlot.AlignedData = [starts, ...series.map(({ values }) => values)]
      chart = new uPlot(optionsOf({ series, isUtc, point }, current), data, current)
    }
    const observer = new ResizeObserver(() => chart?.setSize({ width: current.clientWidth, height }))
    draw()
    observer.observe(current)
    dark.addEventListener('change', draw)
    return () => {
      observer.disconnect()
      dark.removeEventListener('change', draw)
      chart?.destroy()
    }
  }, [key])
  return <div class="chart" ref={frame} role="img" aria-label={summary} />
}

function optionsOf({ series, isUtc, point }: Pick<Props, 'series' | 'isUtc' | 'point'>, frame: HTMLElement) {
  const colorOf = (name: string) => {
    const sample = document.createElement('span')
    sample.className = `swatch ${name}`
    frame.append(sample)
    const { color } = getComputedStyle(sample)
    sample.remove()
    return color
  }
  const grid = { stroke: colorOf('grid'), width: 1 }
  const axis = { stroke: colorOf('axis'), grid, ticks: { show: false }, font: '13px system-ui, sans-serif' }
  const format: Intl.DateTimeFormatOptions = isUtc
    ? { day: 'numeric', month: 'short', timeZone: 'UTC' }
    : { timeStyle: 'short' }
  const times = new Intl.DateTimeFormat(language.value, format)
  const options: uPlot.Options = {
    width: frame.clientWidth,
    height,
    padding: [8, 28, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false },
    ...(isUtc ? { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') } : {}),
    scales: { y: { range: (_, _least, most) => [0, Math.max(4, Math.ceil(most * 1.1))] } },
    axes: [
      { ...axis, size: 32, space: 72, values: (_, starts) => starts.map((start) => times.format(start * 1000)) },
      {
        ...axis,
        size: 48,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000],
        values: (_, numbers) => numbers.map(formatNumber),
      },
    ],
    series: [
      {},
      ...series.map(({ name }, index): uPlot.Series => {
        const stroke = colorOf(name)
        const fill = index === 0 ? { fill: colorOf(`${name} area`) } : {}
        return { stroke, width: 2, points: { show: false }, ...fill }
      }),
    ],
    hooks: {
      setCursor: [
        ({ cursor: { idx } }) => {
          point(idx ?? undefined)
        },
      ],
    },
  }
  return options
}
