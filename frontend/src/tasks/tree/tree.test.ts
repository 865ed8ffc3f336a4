import { expect, it } from 'vitest'
import { readTags } from '../tags/readTags'
import { movedText, statusesText } from './words'

it('tells how many tasks have each status', () => {
  const statuses = [
    { status: 'CREATED', count: 0 },
    { status: 'RUNNING', count: 1_200 },
    { status: 'FAILED', count: 1 },
  ] as const
  expect(statusesText(statuses)).toBe('1,200 running, 1 failed')
})

it('tells what became of a task and all below it', () => {
  expect(movedText(3, 0, 'PAUSED')).toBe('3 tasks are now paused.')
  expect(movedText(1, 2, 'PAUSED')).toBe('1 task is now paused; 2 stay as they are.')
  expect(movedText(0, 1, 'RUNNING')).toBe('Nothing has changed; 1 stays as it is.')
})

it('reads tags that are separated by commas, each once', () => {
  expect(readTags(' suzuki, , b12,suzuki ')).toEqual(['suzuki', 'b12'])
})
