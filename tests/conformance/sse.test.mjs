// Server-sent events, graphql-sse in distinct connections mode: raw responses, and the real client.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createClient } from 'graphql-sse'
import { drive, endless, finite, startServer } from './server.mjs'

let server
before(async () => {
  server = await startServer()
  drive(server)
})
after(async () => {
  assert.equal(await server.stop(), 0)
})

const post = (body, more = {}) =>
  fetch(server.http, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...more,
  })

/** The named events of a stream that has ended; comments are left out. */
function parse(text) {
  const blocks = text.split('\n\n').filter((block) => /^event:/m.test(block))
  return blocks.map((block) => ({
    event: /^event: ?(.*)$/m.exec(block)[1],
    data: [...block.matchAll(/^data: ?(.*)$/gm)].map((match) => match[1]).join('\n'),
  }))
}

const names = (events) => events.map(({ event }) => event)

describe('streams', () => {
  test('POST: next, next, next, complete', async () => {
    const response = await post({ query: finite })
    assert.equal(response.status, 200)
    assert.match(response.headers.get('content-type'), /^text\/event-stream/)
    assert.match(response.headers.get('cache-control'), /no-(cache|store)/)
    const events = parse(await response.text())
    assert.deepEqual(names(events), ['next', 'next', 'next', 'complete'])
    assert.deepEqual(events.slice(0, 3).map(({ data }) => JSON.parse(data).data.taskEvents.sequence), [1, 2, 3])
  })

  test('GET, as EventSource does', async () => {
    const response = await fetch(`${server.http}?${new URLSearchParams({ query: finite })}`, {
      headers: { accept: 'text/event-stream' },
    })
    assert.equal(response.status, 200)
    assert.deepEqual(names(parse(await response.text())), ['next', 'next', 'next', 'complete'])
  })

  test('a query: next, complete', async () => {
    assert.deepEqual(names(parse(await (await post({ query: '{ __typename }' })).text())), ['next', 'complete'])
  })

  test('the first event of an endless stream comes at once', async () => {
    const abort = new AbortController()
    const begin = Date.now()
    const response = await post({ query: endless }, { signal: abort.signal })
    const { done } = await response.body.getReader().read()
    abort.abort()
    assert.ok(!done && Date.now() - begin < 1_000)
  })

  test('what is no request is refused before the stream', async () => {
    for (const body of ['{', {}, { query: 7 }]) {
      const { status } = await post(body)
      assert.ok(status >= 400 && status < 500, `${status}`)
    }
  })

  test('an invalid document is refused, or is the only event', async () => {
    const response = await post({ query: 'subscription { nothing }' })
    const text = await response.text()
    if (response.status === 200) {
      const events = parse(text)
      assert.deepEqual(names(events), ['next', 'complete'])
      assert.ok(JSON.parse(events[0].data).errors[0].extensions.code)
    } else {
      assert.equal(response.status, 400)
    }
  })

  test('a mutation by GET is refused', async () => {
    const query = 'mutation { createTask(input: {}) { task { id } } }'
    const response = await fetch(`${server.http}?${new URLSearchParams({ query })}`, {
      headers: { accept: 'text/event-stream' },
    })
    assert.equal(response.status, 405)
  })
})

describe('the real client', () => {
  const client = () => createClient({ url: server.http, retryAttempts: 0 })

  test('iterates to the end', async () => {
    const real = client()
    const sequences = []
    for await (const { data, errors } of real.iterate({ query: finite })) {
      assert.equal(errors, undefined)
      sequences.push(data.taskEvents.sequence)
    }
    assert.deepEqual(sequences, [1, 2, 3])
    real.dispose()
  })

  test('stops in the middle', async () => {
    const real = client()
    let count = 0
    for await (const _ of real.iterate({ query: endless })) if (++count === 3) break
    assert.equal(count, 3)
    real.dispose()
  })
})
