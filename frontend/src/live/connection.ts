import { createClient } from 'graphql-ws'
import type { FeedTransport } from './feed'

const pongTimeoutMs = 5_000

let pongTimer: ReturnType<typeof setTimeout> | undefined
let connected = false
const waiting = new Set<() => void>()

/**
 * The page's one WebSocket. It does not retry by itself: each `EventFeed` resubscribes with the cursor it has
 * reached, which the library, repeating the first message, could not.
 */
const client = createClient({
  url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
  retryAttempts: 0,
  lazyCloseTimeout: 2_000,
  connectionAckWaitTimeout: 10_000,
  keepAlive: 15_000,
  // Every failure reaches the feeds, which retry.
  onNonLazyError: () => {},
  on: {
    connected: () => {
      connected = true
      for (const callback of waiting) callback()
      waiting.clear()
    },
    closed: () => {
      connected = false
      clearTimeout(pongTimer)
    },
    ping: (received) => {
      if (!received) awaitPong()
    },
    pong: (received) => {
      if (received) clearTimeout(pongTimer)
    },
  },
})

/** A connection whose peer vanished without a word is ended here, so that the feeds notice. */
function awaitPong(): void {
  clearTimeout(pongTimer)
  pongTimer = setTimeout(() => client.terminate(), pongTimeoutMs)
}

export const socket: FeedTransport = {
  whenConnected(callback) {
    if (connected) callback()
    else waiting.add(callback)
    return () => waiting.delete(callback)
  },
  subscribe<Data>(
    payload: Parameters<FeedTransport['subscribe']>[0],
    sink: Parameters<FeedTransport['subscribe']>[1],
  ) {
    return client.subscribe<Data>(payload, sink)
  },
}
