// GraphQL over WebSocket, graphql-transport-ws: raw frames for the rules and close codes, and the real client.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { drive, endless, finite, startServer } from './server.mjs'

const protocol = 'graphql-transport-ws'
const second = 1_000

let server
before(async () => {
  server = await startServer()
  drive(server)
})
after(async () => {
  assert.equal(await server.stop(), 0)
})

/** A socket whose messages and end are waited for in turn. */
class Socket {
  constructor(protocols = [protocol], options = {}) {
    this.socket = new WebSocket(options.url ?? server.ws, protocols, options)
    this.messages = []
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }))
    })
    this.opened = once(this.socket, 'open')
    this.opened.catch(() => {})
    this.socket.on('error', () => {})
    this.socket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)))
      this.wake?.()
    })
    this.closed.then(() => this.wake?.())
  }

  static async acknowledged() {
    const socket = new Socket()
    await socket.opened
    socket.send({ type: 'connection_init' })
    assert.equal((await socket.next()).type, 'connection_ack')
    return socket
  }

  send(message) {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  subscribe(id, query, more = {}) {
    this.send({ id, type: 'subscribe', payload: { query, ...more } })
  }

  /** The next message; undefined if none comes in time. */
  async next(patience = 5 * second) {
    const deadline = Date.now() + patience
    while (this.messages.length === 0) {
      const left = deadline - Date.now()
      if (left <= 0 || this.socket.readyState >= WebSocket.CLOSING) return undefined
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left)
        this.wake = () => (clearTimeout(timer), resolve())
      })
    }
    return this.messages.shift()
  }

  /** The code that the server closes with. */
  async end(patience = 5 * second) {
    const timer = setTimeout(() => this.socket.terminate(), patience)
    const { code } = await this.closed
    clearTimeout(timer)
    return code
  }

  async close() {
    this.socket.close()
    await this.closed
  }
}

describe('connection', () => {
  test('the sub-protocol is echoed and connection_init acknowledged', async () => {
    const socket = await Socket.acknowledged()
    assert.equal(socket.socket.protocol, protocol)
    await socket.close()
  })

  test('ping is answered by pong, before and after the acknowledgement', async () => {
    const socket = new Socket()
    await socket.opened
    socket.send({ type: 'ping' })
    assert.equal((await socket.next()).type, 'pong')
    socket.send({ type: 'connection_init' })
    assert.equal((await socket.next()).type, 'connection_ack')
    socket.send({ type: 'pong' })
    socket.send({ type: 'ping', payload: { any: 1 } })
    assert.equal((await socket.next()).type, 'pong')
    await socket.close()
  })

  for (const protocols of [[], ['graphql-ws'], ['nonsense']])
    test(`4406 or a refused handshake without ${protocol} (${protocols})`, async () => {
      const socket = new Socket(protocols)
      const refused = once(socket.socket, 'unexpected-response').then(([, response]) => response.statusCode)
      const end = await Promise.race([refused, socket.end()])
      assert.ok([4406, 400].includes(end), `${end}`)
      socket.socket.terminate()
    })

  test('a page of another site cannot open a socket', async () => {
    const socket = new Socket([protocol], { origin: 'https://evil.example' })
    const [, response] = await once(socket.socket, 'unexpected-response')
    assert.equal(response.statusCode, 403)
  })
})

describe('close codes', { concurrency: true }, () => {
  const invalid = {
    'no JSON': 'hello',
    'a list': [],
    'no type': {},
    'an unknown type': { type: 'nope' },
    'a type of the server': { type: 'next', id: '1', payload: {} },
    'subscribe without id': { type: 'subscribe', payload: { query: finite } },
    'subscribe with an empty id': { type: 'subscribe', id: '', payload: { query: finite } },
    'subscribe without payload': { type: 'subscribe', id: '1' },
    'subscribe with a number as query': { type: 'subscribe', id: '1', payload: { query: 1 } },
    'subscribe with a list of variables': { type: 'subscribe', id: '1', payload: { query: finite, variables: [] } },
    'complete without id': { type: 'complete' },
    'ping with a text': { type: 'ping', payload: 'x' },
  }
  for (const [what, message] of Object.entries(invalid))
    test(`4400 for ${what}`, async () => {
      const socket = await Socket.acknowledged()
      socket.send(message)
      assert.equal(await socket.end(), 4400)
    })

  test('4400 for a connection_init with a text', async () => {
    const socket = new Socket()
    await socket.opened
    socket.send({ type: 'connection_init', payload: 'x' })
    assert.equal(await socket.end(), 4400)
  })

  test('4401 for an operation before the acknowledgement', async () => {
    const socket = new Socket()
    await socket.opened
    socket.subscribe('1', finite)
    assert.equal(await socket.end(), 4401)
  })

  test('4408 without connection_init', async () => {
    const socket = new Socket()
    assert.equal(await socket.end(30 * second), 4408)
  })

  test('4409 for an id that is in use', async () => {
    const socket = await Socket.acknowledged()
    socket.subscribe('1', endless)
    assert.equal((await socket.next()).type, 'next')
    socket.subscribe('1', endless)
    assert.equal(await socket.end(), 4409)
  })

  test('4429 for a second connection_init', async () => {
    const socket = await Socket.acknowledged()
    socket.send({ type: 'connection_init' })
    assert.equal(await socket.end(), 4429)
  })

  test('4429 for two at once', async () => {
    const socket = new Socket()
    await socket.opened
    socket.send({ type: 'connection_init' })
    socket.send({ type: 'connection_init' })
    assert.equal(await socket.end(), 4429)
  })

  test('1009 or an end for a message of 4 MiB', async () => {
    const socket = await Socket.acknowledged()
    socket.subscribe('1', '{ __typename }', { variables: { a: 'x'.repeat(4 << 20) } })
    assert.ok([1009, 1006].includes(await socket.end()))
  })

  test('1001 when the server goes away', async () => {
    const another = await startServer()
    const socket = new Socket([protocol], { url: another.ws })
    await socket.opened
    socket.send({ type: 'connection_init' })
    socket.subscribe('1', endless)
    assert.equal((await socket.next()).type, 'connection_ack')
    const idle = new Socket([protocol], { url: another.ws })
    await idle.opened
    const [code, end, idleEnd] = await Promise.all([another.stop(), socket.end(), idle.end()])
    assert.deepEqual({ code, end, idleEnd }, { code: 0, end: 1001, idleEnd: 1001 })
  })
})

describe('operations', () => {
  test('a subscription: next, next, next, complete; then the id is free', async () => {
    const socket = await Socket.acknowledged()
    for (let round = 0; round < 2; round++) {
      socket.subscribe('a', finite)
      const messages = []
      while (messages.at(-1)?.type !== 'complete') messages.push(await socket.next())
      assert.deepEqual(messages.map((message) => message.type), ['next', 'next', 'next', 'complete'])
      assert.ok(messages.every((message) => message.id === 'a' && !message.payload?.errors))
      assert.deepEqual(messages.slice(0, 3).map((message) => message.payload.data.taskEvents.sequence), [1, 2, 3])
    }
    await socket.close()
  })

  test('queries and mutations: one next, complete', async () => {
    const socket = await Socket.acknowledged()
    for (const query of ['{ __typename }', 'mutation { createTask(input: {}) { task { id } } }']) {
      socket.subscribe('q', query)
      assert.equal((await socket.next()).type, 'next')
      assert.deepEqual(await socket.next(), { id: 'q', type: 'complete' })
    }
    await socket.close()
  })

  test('an invalid document: error with GraphQL errors, and nothing else', async () => {
    const socket = await Socket.acknowledged()
    for (const query of ['subscription { nothing }', '{ {{', 'subscription { taskEvents(first: "x") { cursor } }']) {
      socket.subscribe('e', query)
      const { type, payload } = await socket.next()
      assert.equal(type, 'error')
      assert.ok(payload[0].message && payload[0].extensions.code)
    }
    assert.equal(await socket.next(300), undefined)
    await socket.close()
  })

  test('after complete from the client nothing follows', async () => {
    const socket = await Socket.acknowledged()
    socket.subscribe('a', endless)
    await socket.next()
    socket.send({ id: 'a', type: 'complete' })
    socket.send({ type: 'ping' })
    while ((await socket.next()).type !== 'pong');
    assert.equal(await socket.next(300), undefined)
    await socket.close()
  })

  test('complete of an unknown id is ignored', async () => {
    const socket = await Socket.acknowledged()
    socket.send({ id: 'never was', type: 'complete' })
    socket.send({ type: 'ping' })
    assert.equal((await socket.next()).type, 'pong')
    await socket.close()
  })

  test('20 subscriptions on one socket: each whole and in order', async () => {
    const socket = await Socket.acknowledged()
    const seen = new Map()
    for (let n = 0; n < 20; n++) socket.subscribe(`s${n}`, finite)
    for (let done = 0; done < 20; ) {
      const { id, type, payload } = await socket.next()
      if (type === 'complete') done++
      else seen.set(id, [...(seen.get(id) ?? []), payload.data.taskEvents.sequence])
    }
    assert.equal(seen.size, 20)
    for (const sequences of seen.values()) assert.deepEqual(sequences, [1, 2, 3])
    await socket.close()
  })

  test('2,000 subscriptions on one socket are too many', async () => {
    const socket = await Socket.acknowledged()
    for (let n = 0; n < 2_000; n++) socket.subscribe(`s${n}`, endless)
    for (;;) {
      const message = await socket.next()
      if (!message || message.type === 'error') break
      assert.equal(message.type, 'next')
    }
    socket.socket.terminate()
  })
})

describe('the real client', () => {
  const client = (options = {}) => createClient({ url: server.ws, webSocketImpl: WebSocket, retryAttempts: 0, ...options })

  test('iterates to the end', async () => {
    const real = client()
    const sequences = []
    for await (const { data, errors } of real.iterate({ query: finite })) {
      assert.equal(errors, undefined)
      sequences.push(data.taskEvents.sequence)
    }
    assert.deepEqual(sequences, [1, 2, 3])
    await real.dispose()
  })

  test('stops in the middle and goes on with something else', async () => {
    const real = client()
    let count = 0
    for await (const _ of real.iterate({ query: endless })) if (++count === 3) break
    for await (const _ of real.iterate({ query: finite })) count++
    assert.equal(count, 6)
    await real.dispose()
  })

  test('sees an invalid document as GraphQL errors', async () => {
    const real = client()
    await assert.rejects(
      async () => {
        for await (const _ of real.iterate({ query: 'subscription { nothing }' }));
      },
      (errors) => Array.isArray(errors) && errors[0].extensions.code === 'GRAPHQL_VALIDATION_FAILED',
    )
    await real.dispose()
  })

  test('keeps alive by pings', async () => {
    const real = client({ keepAlive: 200 })
    let pongs = 0
    real.on('pong', (received) => {
      if (received) pongs++
    })
    for await (const _ of real.iterate({ query: endless })) if (pongs === 3) break
    await real.dispose()
  })

  test('resumes by cursor after its connection was cut, without gap or repeat', async () => {
    const sequences = []
    let after = 'START'
    for (let round = 0; round < 3; round++) {
      const real = client()
      let socket
      real.on('opened', (opened) => (socket = opened))
      const query = 'subscription ($after: String) { taskEvents(after: $after) { cursor taskId sequence } }'
      try {
        let count = 0
        for await (const { data } of real.iterate({ query, variables: { after } })) {
          after = data.taskEvents.cursor
          if (data.taskEvents.taskId === server.task) sequences.push(data.taskEvents.sequence)
          if (++count === 5) socket.terminate()
        }
      } catch (event) {
        assert.equal(event.code, 1006)
      }
    }
    assert.deepEqual(sequences, sequences.map((_, place) => place + 1))
    assert.ok(sequences.length >= 10)
  })
})
