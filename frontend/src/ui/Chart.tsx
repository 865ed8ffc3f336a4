import { useEffect, useRef } from 'react'
import { type ChartOption, init } from './echarts'

/** A canvas plot that follows its option and its size. Options of one plot have the same series in the same order. */
export function Chart({ option, height }: { option: ChartOption; height: number }) {
  const element = useRef<HTMLDivElement>(null)
  const chart = useRef<ReturnType<typeof init>>(undefined)

  useEffect(() => {
    if (!element.current) return
    const made = init(element.current)
    chart.current = made
    const observer = new ResizeObserver(() => made.resize())
    observer.observe(element.current)
    return () => {
      observer.disconnect()
      made.dispose()
      chart.current = undefined
    }
  }, [])

  useEffect(() => {
    chart.current?.setOption(option)
  }, [option])

  return <div ref={element} style={{ height }} />
}
