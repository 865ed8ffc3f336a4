import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import {
  type ParameterConstraintInput,
  PreviewSpaceChangeDocument,
  type PreviewSpaceChangeQuery,
  type SpaceConstraintPartsFragment,
} from '../../gql/graphql'
import { fieldErrors } from '../../graphql/errors'
import { noProblems, type Problems } from '../../graphql/problems'
import { request } from '../../graphql/request'
import { useSettled } from '../../ui/useSettled'
import type { SpaceDraft } from './drafts'
import { toSpace } from './toSpace'

const settleMs = 300

interface SpacePreview {
  /** Of the draft as it was a moment ago; none while it is not filled in, or refused. */
  readonly preview: PreviewSpaceChangeQuery['spaceChangePreview'] | undefined
  /** Those of the space that is previewed. */
  readonly constraints: readonly SpaceConstraintPartsFragment[]
  /** What the server has against the space. */
  readonly problems: Problems
  /** What stands in the way that has no field. */
  readonly error: unknown
  /** All of this is of the draft as it is now. */
  readonly isCurrent: boolean
}

/** What would become of the results in the space that is being edited. */
export function useSpacePreview(taskId: string, draft: SpaceDraft, enabled: boolean): SpacePreview {
  const settled = useSettled(draft, settleMs)
  const { space, isComplete, key } = useMemo(() => draftedSpace(settled), [settled])
  const asked = enabled && isComplete
  const { data, error, isFetching } = useQuery({
    queryKey: ['space-preview', taskId, key],
    queryFn: async ({ signal }) =>
      (await request(PreviewSpaceChangeDocument, { id: taskId, space }, signal)).spaceChangePreview,
    enabled: asked,
    placeholderData: keepPreviousData,
    // Results come meanwhile: nothing of this is kept.
    gcTime: 0,
  })
  const problems = asked && error ? fieldErrors(error) : noProblems
  return {
    preview: asked && !error ? data : undefined,
    constraints: (space.constraints ?? []).map(constraintParts),
    problems,
    error: asked && error && problems.size === 0 ? error : undefined,
    isCurrent: !enabled || (settled === draft && !isFetching),
  }
}

let lastKey = 0

/** A space as it is sent, with a key by which it is known: there may be thousands of candidates in it. */
function draftedSpace(draft: SpaceDraft) {
  const missing: string[] = []
  const space = toSpace(draft, (path) => missing.push(path))
  lastKey += 1
  return { space, isComplete: missing.length === 0, key: lastKey }
}

function constraintParts(constraint: ParameterConstraintInput): SpaceConstraintPartsFragment {
  const { terms, atLeast, atMost, equals, tolerance } = constraint
  return {
    terms: terms.map(({ parameter, coefficient }) => ({ parameter, coefficient: coefficient ?? 1 })),
    atLeast: atLeast ?? null,
    atMost: atMost ?? null,
    equals: equals ?? null,
    tolerance: tolerance ?? null,
  }
}
