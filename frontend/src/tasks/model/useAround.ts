import { useState } from 'react'
import type { TrialStore } from '../../trials/trialStore'
import type { Point } from './useModel'

/** The point that a plot goes through: the best one unless a trial is named. */
export function useAround(store: TrialStore) {
  const [text, setText] = useState('')
  const trimmed = text.trim()
  const point: Point | undefined = trimmed === '' ? undefined : store.find(Number(trimmed))?.point
  return { text, setText, point, unknown: trimmed !== '' && point === undefined }
}
