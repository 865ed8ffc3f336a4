import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { type ChartOption, init } from './echarts'

interface ChartProps {
  option: ChartOption
  height: number
  /** Called with the data of a dot that was clicked. */
  onPick?: (place: readonly number[]) => void
}

/**
 * A canvas plot that follows its option and its size. Options of one plot have the same series in the same order. Only
 * what is in view is drawn: many dots take their time.
 */
export function Chart({ option, height, onPick }: ChartProps) {
  const element = useRef<HTMLDivElement>(null)
  const chart = useRef<ReturnType<typeof init>>(undefined)
  const [inView, setInView] = useState(true)
  const pick = useEffectEvent((place: readonly number[]) => onPick?.(place))

  useEffect(() => {
    if (!element.current) return
    const made = init(element.current)
    chart.current = made
    made.on('click', ({ value, data }) => {
      // Series that draw many dots at once know only the value.
      const place = Array.isArray(value) ? value : data
      if (Array.isArray(place)) pick(place.map(Number))
    })
    const resized = new ResizeObserver(() => made.resize())
    resized.observe(element.current)
    const scrolled = new IntersectionObserver(([entry]) => setInView(entry?.isIntersecting ?? true))
    scrolled.observe(element.current)
    return () => {
      resized.disconnect()
      scrolled.disconnect()
      made.dispose()
      chart.current = undefined
    }
  }, [])

  useEffect(() => {
    if (inView) chart.current?.setOption(option)
  }, [option, inView])

  return <div ref={element} style={{ height }} />
}
