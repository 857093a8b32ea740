import { useEffect, useEffectEvent, useRef, useState, type ReactElement } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { SeriesColumns } from '../../wire/api/objects.ts'
import { stampText } from '../state/times.ts'
import { thresholdLines } from './threshold-lines.ts'
import { valueText } from './value-text.ts'

interface GraphProps {
  readonly series: SeriesColumns
  /** ms since the epoch; the axis spans all of it, data or not. */
  readonly from: number
  readonly to: number
}

const HEIGHT_PX = 150

/**
 * One measured value over time, with its thresholds; a band where many samples were thinned to one point. Colours are read once:
 * give it another key for another scheme.
 */
export default function Graph({ series, from, to }: GraphProps): ReactElement {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const span = useRef<readonly [number, number]>([from, to])
  const [pointed, setPointed] = useState<string>()
  const last = series.value.findLast((value) => value !== null) ?? null

  const draw = useEffectEvent((element: HTMLElement): uPlot => {
    const options = optionsOf({ element, series, span, onPoint: setPointed })
    return new uPlot(options, dataOf(series), element)
  })
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const drawn = draw(element)
    plot.current = drawn
    const resize = new ResizeObserver(() => {
      drawn.setSize({ width: element.clientWidth, height: HEIGHT_PX })
    })
    resize.observe(element)
    return () => {
      resize.disconnect()
      drawn.destroy()
      plot.current = null
    }
  }, [])
  useEffect(() => {
    span.current = [from, to]
    plot.current?.setData(dataOf(series))
  }, [series, from, to])

  return (
    <figure className="min-w-0">
      <figcaption className="flex items-baseline justify-between gap-3">
        <span className="truncate font-medium" title={series.label}>
          {series.label}
        </span>
        <span className="flex-none text-dim">{pointed ?? valueText(last, series.unit)}</span>
      </figcaption>
      <div
        ref={box}
        role="img"
        aria-label={`${series.label}: ${graphSentence(series)}`}
        className="mt-1 overflow-hidden"
        style={{ height: HEIGHT_PX }}
      />
    </figure>
  )
}

function graphSentence(series: SeriesColumns): string {
  const values = series.value.filter((value) => value !== null)
  if (values.length === 0) return 'no values'
  const least = Math.min(...values)
  const most = Math.max(...values)
  const text = (value: number | undefined): string => valueText(value ?? null, series.unit)
  return `now ${text(values.at(-1))}, between ${text(least)} and ${text(most)}`
}

function dataOf(series: SeriesColumns): uPlot.AlignedData {
  return [series.at.map((at) => at / 1000), series.high, series.low, series.value]
}

interface Drawing {
  readonly element: HTMLElement
  readonly series: SeriesColumns
  readonly span: { readonly current: readonly [number, number] }
  readonly onPoint: (text: string | undefined) => void
}

function optionsOf({ element, series, span, onPoint }: Drawing): uPlot.Options {
  const colour = colourReader(element)
  const axis: uPlot.Axis = {
    stroke: colour('--dim'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  }
  const lines = [
    ...thresholdLines(series.warn).map((at) => ({
      at,
      stroke: colour('--text-warning'),
      dash: [6, 4],
    })),
    ...thresholdLines(series.crit).map((at) => ({
      at,
      stroke: colour('--text-critical'),
      dash: [],
    })),
  ]
  const edge: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } }
  return {
    width: element.clientWidth,
    height: HEIGHT_PX,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false, x: false, y: false } },
    scales: {
      x: { range: () => [span.current[0] / 1000, span.current[1] / 1000] },
      y: { range: (_plot, least, most) => rangeWith(least, most, lines) },
    },
    axes: [
      { ...axis, size: 22, space: 70, values: clockLabels },
      {
        ...axis,
        size: 64,
        space: 34,
        values: (_plot, splits) => splits.map((value) => valueText(value, series.unit)),
      },
    ],
    series: [
      {},
      edge,
      edge,
      { stroke: colour('--accent'), width: 1.5, points: { show: series.at.length < 3 } },
    ],
    bands: [{ series: [1, 2], fill: colour('--chosen') }],
    hooks: {
      draw: [(plot) => lines.forEach((line) => drawLine(plot, line))],
      setCursor: [(plot) => onPoint(pointedText(plot, series.unit))],
    },
  }
}

interface Line {
  readonly at: number
  readonly stroke: string
  readonly dash: readonly number[]
}

function drawLine(plot: uPlot, { at, stroke, dash }: Line): void {
  const { ctx, bbox } = plot
  const y = Math.round(plot.valToPos(at, 'y', true))
  if (y < bbox.top || y > bbox.top + bbox.height) return
  ctx.save()
  ctx.strokeStyle = stroke
  ctx.lineWidth = window.devicePixelRatio
  ctx.setLineDash(dash.map((part) => part * window.devicePixelRatio))
  ctx.beginPath()
  ctx.moveTo(bbox.left, y)
  ctx.lineTo(bbox.left + bbox.width, y)
  ctx.stroke()
  ctx.restore()
}

/** From zero for what is never negative; thresholds are kept in view while they are within twice the values. */
function rangeWith(least: number, most: number, lines: readonly Line[]): [number, number] {
  if (!Number.isFinite(least) || !Number.isFinite(most)) return [0, 1]
  const near = lines
    .map((line) => line.at)
    .filter((at) => at <= most * 2 && at >= Math.min(0, least))
  const top = Math.max(most, ...near)
  const bottom = Math.min(least, 0)
  return top === bottom ? [bottom, bottom + 1] : [bottom, top + (top - bottom) * 0.08]
}

function pointedText(plot: uPlot, unit: string): string | undefined {
  const index = plot.cursor.idx
  if (index === null || index === undefined) return undefined
  const at = plot.data[0][index]
  const value = plot.data[3]?.[index]
  if (at === undefined || value === undefined) return undefined
  return `${stampText(at * 1000)} · ${valueText(value, unit)}`
}

/** `14:00`, and the date where a day begins or when a whole week is shown. */
function clockLabels(_plot: uPlot, splits: readonly number[]): string[] {
  const isLong = (splits.at(-1) ?? 0) - (splits[0] ?? 0) > 2 * 86_400
  return splits.map((split) => {
    const date = new Date(split * 1000)
    const isMidnight = date.getHours() === 0 && date.getMinutes() === 0
    if (isLong || isMidnight) {
      return date.toLocaleDateString(undefined, { day: 'numeric', month: 'short' })
    }
    return date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', hour12: false })
  })
}

/** Canvases cannot read custom properties; the element can. */
function colourReader(element: HTMLElement): (name: string) => string {
  return (name) => {
    element.style.color = `var(${name})`
    const colour = getComputedStyle(element).color
    element.style.color = ''
    return colour
  }
}
