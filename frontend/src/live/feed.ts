import type { TypedDocumentString } from '../gql/graphql'
import { RequestFailure, type ServerError } from '../graphql/errors'
import { backoffMs } from './backoff'
import type { ConnectionStatus } from './status'

export interface FeedEvent {
  readonly cursor: string
  readonly taskId: string
  readonly sequence: number
}

/** What a feed needs of the WebSocket. */
export interface FeedTransport {
  /** Calls back as soon as the connection is up, at once if it is; returns how to forget it. */
  whenConnected(callback: () => void): () => void
  subscribe<Data>(
    payload: { query: string; variables: Record<string, unknown> },
    sink: {
      next(result: { data?: Data | null; errors?: readonly ServerError[] | undefined }): void
      error(cause: unknown): void
      complete(): void
    },
  ): () => void
}

export interface FeedOptions<Event extends FeedEvent> {
  readonly document: TypedDocumentString<{ taskEvents: Event }, { after?: string | null }>
  readonly variables: Record<string, unknown>
  /** Where the log ended just before the page's snapshot is read. */
  readonly readCursor: () => Promise<string>
  /** A cursor is held: what is queried from now on misses nothing. Called again after the log was cut. */
  readonly onStart: (restarted: boolean) => void
  /** Events in the order of the log, each once, gathered for a moment. */
  readonly onEvents: (events: readonly Event[]) => void
  readonly onStatus: (status: ConnectionStatus) => void
}

const gatherMs = 80
const quietMs = 1_000
/** What `readCursor` answers when nothing was ever logged: the name of the beginning. */
export const emptyLog = 'START'
const lostCursorCodes = new Set(['CURSOR_EXPIRED', 'CURSOR_INVALID'])

/**
 * A subscription to the event log that outlives its connections. It remembers the last cursor; after any end
 * (lost network, restarted server, completed stream) it subscribes again `after` it, for as long as the page
 * is open. If the server no longer knows the cursor, it starts over and tells the page to read everything anew.
 */
export class EventFeed<Event extends FeedEvent> {
  private cursor: string | undefined
  private pending: Event[] = []
  private attempt = 0
  private caughtUp = 0
  private settled = false
  private started = false
  private stopped = false
  private unsubscribe: (() => void) | undefined
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private gatherTimer: ReturnType<typeof setTimeout> | undefined
  private settleTimer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly transport: FeedTransport,
    private readonly options: FeedOptions<Event>,
  ) {}

  start(): void {
    this.options.onStatus({ state: 'connecting' })
    void this.connect()
  }

  stop(): void {
    this.stopped = true
    for (const timer of [this.retryTimer, this.gatherTimer, this.settleTimer]) clearTimeout(timer)
    this.unsubscribe?.()
  }

  /** Tries at once instead of waiting out the backoff, for example when the browser is online again. */
  retryNow(): void {
    if (this.retryTimer === undefined || this.stopped) return
    clearTimeout(this.retryTimer)
    this.retryTimer = undefined
    void this.connect()
  }

  /** Asks where the log ends first: it shows that the server is there, and when the backlog has been read. */
  private async connect(): Promise<void> {
    let end: string
    try {
      end = await this.options.readCursor()
    } catch {
      this.retryLater()
      return
    }
    if (this.stopped) return
    // A log that is empty now is another log than the one that was read before.
    if (end === emptyLog && this.cursor !== emptyLog) this.cursor = undefined
    if (this.cursor === undefined) {
      this.cursor = end
      const restarted = this.started
      this.started = true
      this.options.onStart(restarted)
    }
    this.subscribe(this.cursor, end)
  }

  private subscribe(after: string, end: string): void {
    this.settled = false
    this.caughtUp = 0
    let ended = false
    const forget = this.transport.whenConnected(() => {
      if (ended || this.stopped) return
      if (after === end) this.settle()
      else this.awaitSettled()
    })
    const finish = (cause?: unknown) => {
      if (ended || this.stopped) return
      ended = true
      forget()
      clearTimeout(this.settleTimer)
      if (isLostCursor(cause)) this.forgetCursor()
      this.retryLater()
    }
    this.unsubscribe = this.transport.subscribe<{ taskEvents: Event }>(
      { query: this.options.document.toString(), variables: { ...this.options.variables, after } },
      {
        next: (result) => {
          if (ended || this.stopped) return
          if (result.errors?.length) {
            this.unsubscribe?.()
            finish(result.errors)
          } else if (result.data) this.receive(result.data.taskEvents, end)
        },
        error: finish,
        complete: () => finish(),
      },
    )
  }

  private receive(event: Event, end: string): void {
    this.cursor = event.cursor
    if (!this.settled) {
      this.caughtUp += 1
      if (event.cursor === end) this.settle()
      else {
        this.options.onStatus({ state: 'catching-up', events: this.caughtUp })
        this.awaitSettled()
      }
    }
    this.pending.push(event)
    this.gatherTimer ??= setTimeout(() => this.flush(), gatherMs)
  }

  private flush(): void {
    this.gatherTimer = undefined
    const events = this.pending
    this.pending = []
    if (events.length > 0 && !this.stopped) this.options.onEvents(events)
  }

  /** Should the end of the backlog never be met, it counts as read once nothing came for a moment. */
  private awaitSettled(): void {
    clearTimeout(this.settleTimer)
    this.settleTimer = setTimeout(() => this.settle(), quietMs)
  }

  private settle(): void {
    clearTimeout(this.settleTimer)
    this.settled = true
    this.attempt = 0
    this.options.onStatus({ state: 'live', caughtUp: this.caughtUp })
  }

  private forgetCursor(): void {
    this.cursor = undefined
    this.pending = []
  }

  private retryLater(): void {
    if (this.stopped) return
    const delay = backoffMs(this.attempt)
    this.attempt += 1
    this.options.onStatus({ state: 'reconnecting', attempt: this.attempt, retryAt: Date.now() + delay })
    this.retryTimer = setTimeout(() => {
      this.retryTimer = undefined
      void this.connect()
    }, delay)
  }
}

function isLostCursor(cause: unknown): boolean {
  const errors = cause instanceof RequestFailure ? cause.errors : cause
  return (
    Array.isArray(errors) &&
    errors.some((error: ServerError) => lostCursorCodes.has(String(error?.extensions?.code)))
  )
}
