import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TypedDocumentString } from '../gql/graphql'
import { EventFeed, type FeedEvent, type FeedTransport } from './feed'
import type { ConnectionStatus } from './status'

type Sink = Parameters<FeedTransport['subscribe']>[1]

function setUp(ends: string[]) {
  const subscriptions: { after: unknown; sink: Sink }[] = []
  const transport: FeedTransport = {
    whenConnected: (callback) => {
      callback()
      return () => {}
    },
    subscribe: (payload, sink) => {
      subscriptions.push({ after: payload.variables.after, sink })
      return () => {}
    },
  }
  const seen: string[] = []
  const statuses: ConnectionStatus[] = []
  const onStart = vi.fn()
  const feed = new EventFeed<FeedEvent>(transport, {
    document: '' as unknown as TypedDocumentString<{ taskEvents: FeedEvent }, { after?: string | null }>,
    variables: {},
    readCursor: async () => {
      const end = ends.length > 1 ? ends.shift() : ends[0]
      if (end === undefined || end === 'down') throw new Error('down')
      return end
    },
    onStart,
    onEvents: (events) => seen.push(...events.map(({ cursor }) => cursor)),
    onStatus: (status) => statuses.push(status),
  })
  const send = (index: number, ...cursors: string[]) => {
    for (const cursor of cursors) {
      subscriptions[index]?.sink.next({ data: { taskEvents: { cursor, taskId: 't', sequence: 1 } } })
    }
  }
  return { feed, subscriptions, seen, statuses, onStart, send }
}

describe('EventFeed', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('subscribes after the end of the log as it was before the snapshot', async () => {
    const { feed, subscriptions, onStart, statuses } = setUp(['5'])
    feed.start()
    await vi.advanceTimersByTimeAsync(0)
    expect(subscriptions.map(({ after }) => after)).toEqual(['5'])
    expect(onStart).toHaveBeenCalledExactlyOnceWith(false)
    expect(statuses.at(-1)).toEqual({ state: 'live', caughtUp: 0 })
  })

  it('resumes after the last event it saw, and tells when the backlog is read', async () => {
    const { feed, subscriptions, seen, send, statuses, onStart } = setUp(['5', 'down', '9'])
    feed.start()
    await vi.advanceTimersByTimeAsync(0)
    send(0, '6', '7')
    subscriptions[0]?.sink.error(new Error('connection lost'))
    expect(statuses.at(-1)).toMatchObject({ state: 'reconnecting', attempt: 1 })
    await vi.advanceTimersByTimeAsync(1_600)
    expect(subscriptions.map(({ after }) => after)).toEqual(['5', '7'])
    send(1, '8')
    expect(statuses.at(-1)).toEqual({ state: 'catching-up', events: 1 })
    send(1, '9')
    expect(statuses.at(-1)).toEqual({ state: 'live', caughtUp: 2 })
    send(1, '10')
    await vi.advanceTimersByTimeAsync(200)
    expect(seen).toEqual(['6', '7', '8', '9', '10'])
    expect(onStart).toHaveBeenCalledOnce()
  })

  it('subscribes again after a stream that ended by itself', async () => {
    const { feed, subscriptions } = setUp(['5'])
    feed.start()
    await vi.advanceTimersByTimeAsync(0)
    subscriptions[0]?.sink.complete()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(subscriptions).toHaveLength(2)
  })

  it.each(['CURSOR_EXPIRED', 'CURSOR_INVALID'])('starts over when the server says %s', async (code) => {
    const { feed, subscriptions, onStart } = setUp(['5', '90'])
    feed.start()
    await vi.advanceTimersByTimeAsync(0)
    subscriptions[0]?.sink.error([{ message: 'no', extensions: { code } }])
    await vi.advanceTimersByTimeAsync(1_000)
    expect(subscriptions.map(({ after }) => after)).toEqual(['5', '90'])
    expect(onStart).toHaveBeenLastCalledWith(true)
  })

  it('starts over when the log is empty where it was not', async () => {
    const { feed, subscriptions, onStart } = setUp(['5', 'START'])
    feed.start()
    await vi.advanceTimersByTimeAsync(0)
    subscriptions[0]?.sink.complete()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(subscriptions.map(({ after }) => after)).toEqual(['5', 'START'])
    expect(onStart).toHaveBeenCalledTimes(2)
  })

  it('is silent once stopped', async () => {
    const { feed, subscriptions, seen, send } = setUp(['5'])
    feed.start()
    await vi.advanceTimersByTimeAsync(0)
    feed.stop()
    send(0, '6')
    subscriptions[0]?.sink.complete()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(seen).toEqual([])
    expect(subscriptions).toHaveLength(1)
  })
})
