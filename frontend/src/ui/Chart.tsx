import { useEffect, useRef } from 'react'
import { type ChartOption, init } from './echarts'

/** A canvas plot that follows its option and its size; at most one drawing per frame. */
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
    chart.current?.setOption(option, { lazyUpdate: true, replaceMerge: ['series'] })
  }, [option])

  return <div ref={element} style={{ height }} />
}
