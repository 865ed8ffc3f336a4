import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { TaskContourDocument, TaskModelDocument, TaskSliceDocument } from '../../gql/graphql'
import { request } from '../../graphql/request'
import { useGathered } from '../../live/useGathered'
import type { EventParts } from '../../trials/trial'

const gatherMs = 1_500
/** A model that takes long to compute is asked for less often: after a rest of so many times as long. */
const restFactor = 4
const longestRestMs = 60_000

export type Point = Readonly<Record<string, unknown>>

function modelKey(taskId: string) {
  return ['model', taskId] as const
}

/** Reads all that is shown of the model again, some time after what it learns from has changed. */
export function useModelUpdates(taskId: string) {
  const client = useQueryClient()
  const refresh = useGathered<string>(gatherMs, async () => {
    const begin = performance.now()
    await client.invalidateQueries({ queryKey: modelKey(taskId) }, { throwOnError: true })
    const rest = Math.min(longestRestMs, restFactor * (performance.now() - begin))
    await new Promise((resolve) => setTimeout(resolve, rest))
  })
  return useCallback(
    (events: readonly EventParts[]) => {
      if (events.some(teaches)) refresh([taskId])
    },
    [refresh, taskId],
  )
}

/** Whether a model that is made after the event may differ from one before it. */
export function teaches(event: EventParts): boolean {
  switch (event.__typename) {
    case 'TrialStateChanged':
      return event.toState !== 'RUNNING' && event.toState !== 'WAITING'
    case 'TrialCreated':
      return event.state === 'COMPLETED'
    case 'TrialExcluded':
    case 'TrialIncluded':
    case 'TrialCorrected':
    case 'TaskImported':
    case 'TaskUpdated':
      return true
    default:
      return false
  }
}

/** The model, and how important each parameter is; either is null while there are too few results. */
export function useModel(taskId: string, enabled = true) {
  return useQuery({
    queryKey: modelKey(taskId),
    queryFn: async ({ signal }) => (await request(TaskModelDocument, { id: taskId }, signal)).task,
    enabled,
  })
}

export function useSlice(taskId: string, parameter: string, at: Point | undefined) {
  return useQuery({
    queryKey: [...modelKey(taskId), 'slice', parameter, at ?? null],
    queryFn: async ({ signal }) => {
      const { task } = await request(TaskSliceDocument, { id: taskId, parameter, at: at ?? null }, signal)
      return task?.slice ?? null
    },
    placeholderData: keepPreviousData,
  })
}

export function useContour(taskId: string, x: string, y: string, at: Point | undefined) {
  return useQuery({
    queryKey: [...modelKey(taskId), 'contour', x, y, at ?? null],
    queryFn: async ({ signal }) => {
      const { task } = await request(TaskContourDocument, { id: taskId, x, y, at: at ?? null }, signal)
      return task?.contour ?? null
    },
    placeholderData: keepPreviousData,
  })
}
