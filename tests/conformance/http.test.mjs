// GraphQL over HTTP: every audit of the package graphql-http, and what it leaves out.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { serverAudits } from 'graphql-http'
import { startServer } from './server.mjs'

const json = 'application/json'
const graphqlJson = 'application/graphql-response+json'

let server
before(async () => {
  server = await startServer()
})
after(async () => {
  assert.equal(await server.stop(), 0)
})

describe('graphql-http', () => {
  // The address is asked for when an audit runs.
  for (const audit of serverAudits({ url: () => server.http })) {
    test(`${audit.id} ${audit.name}`, async () => {
      const result = await audit.fn()
      await result.response?.body?.cancel().catch(() => {})
      assert.equal(result.status, 'ok', result.reason)
    })
  }
})

describe('beyond the package', () => {
  const post = (body, headers = {}) =>
    fetch(server.http, { method: 'POST', headers: { 'content-type': json, ...headers }, body })
  const get = (parameters, headers = {}) => fetch(`${server.http}?${new URLSearchParams(parameters)}`, { headers })
  const typename = JSON.stringify({ query: '{ __typename }' })

  async function refused(response, ...statuses) {
    assert.ok(statuses.includes(response.status), `status ${response.status}`)
    const { errors, data } = await response.json()
    assert.equal(data, undefined)
    assert.equal(typeof errors[0].extensions.code, 'string')
    return response
  }

  test('a mutation by GET is 405 and says what is allowed', async () => {
    const response = await refused(await get({ query: 'mutation { __typename }' }), 405)
    assert.match(response.headers.get('allow'), /POST/)
  })

  test('no other method than GET and POST', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE'])
      await refused(await fetch(server.http, { method, headers: { 'content-type': json }, body: typename }), 405)
  })

  test('operationName chooses, also by GET', async () => {
    const query = 'query A { a: __typename } query B { b: __typename }'
    const { data } = await (await get({ query, operationName: 'B' }, { accept: json })).json()
    assert.deepEqual(Object.keys(data), ['b'])
  })

  test('what a form of another site could send is refused', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      await refused(await post(typename, { 'content-type': type }), 400, 415)
  })

  test('Accept is negotiated with q-values', async () => {
    const type = async (accept) => (await post(typename, { accept })).headers.get('content-type').split(';')[0]
    assert.equal(await type(`${graphqlJson};q=0.1, ${json};q=1`), json)
    assert.equal(await type(`${json};q=0.5, ${graphqlJson}`), graphqlJson)
    assert.equal(await type(`${graphqlJson};q=0, */*;q=0.1`), json)
    await refused(await post(typename, { accept: 'text/html' }), 406)
  })

  test('with graphql-response+json a refused request is not 200, with json it may be', async () => {
    await refused(await post('{"query": "{ nothing }"}', { accept: graphqlJson }), 400)
    await refused(await post('{"query": "{ nothing }"}', { accept: json }), 200, 400)
  })

  test('other charsets and broken UTF-8 are refused', async () => {
    await refused(await post(typename, { 'content-type': `${json}; charset=utf-16` }), 415)
    await refused(await post(new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])), 400)
  })

  test('batches are refused', async () => {
    await refused(await post(`[${typename},${typename}]`), 400)
  })

  test('a subscription without a stream is refused', async () => {
    await refused(await post('{"query": "subscription { taskEvents { cursor } }"}', { accept: graphqlJson }), 400, 406)
  })

  test('a body of 8 MiB is refused', async () => {
    const body = JSON.stringify({ query: '{ __typename }', variables: { a: 'x'.repeat(8 << 20) } })
    try {
      await refused(await post(body), 413)
    } catch (error) {
      // The server may close before it has read everything.
      assert.match(String(error.cause?.code ?? error), /ECONNRESET|EPIPE/)
    }
  })
})
