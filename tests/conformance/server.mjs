// The built server on an empty database in memory, and what the suites subscribe to.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const binary = process.env.ASKTELL_BIN ?? `${root}/target/debug/asktell`

/** Three events of the past, then complete. */
export const finite = 'subscription { taskEvents(after: "START", first: 3) { cursor sequence } }'
/** What the driver does, about every 25 ms, without an end. */
export const endless = 'subscription { taskEvents { cursor sequence } }'

export async function startServer() {
  const process = spawn(binary, ['serve', '--listen', '127.0.0.1:0', '--database', 'sqlite::memory:'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = once(process, 'exit')
  const address = await new Promise((resolve, reject) => {
    const lines = createInterface({ input: process.stdout })
    lines.on('line', (line) => {
      const found = /listening on http:\/\/(\S+?)\/?$/.exec(line)
      if (found) resolve(found[1])
    })
    lines.on('close', () => reject(new Error(`${binary} ended before it listened`)))
    process.on('error', reject)
  })
  const server = {
    http: `http://${address}/graphql`,
    ws: `ws://${address}/graphql`,
    /** Executes an operation that must succeed. */
    async graphql(query, variables) {
      const body = JSON.stringify({ query, variables })
      const response = await fetch(server.http, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      const { data, errors } = await response.json()
      if (errors) throw new Error(JSON.stringify(errors))
      return data
    },
    /** As an operator stops it; gives the exit code. */
    async stop() {
      await server.quiet?.()
      process.kill('SIGTERM')
      const [code] = await ended
      return code
    },
  }
  const created = await server.graphql('mutation { createTask(input: {}) { task { id } } }')
  server.task = created.createTask.task.id
  for (let n = 0; n < 3; n++) await update(server, n)
  return server
}

function update(server, n) {
  const input = { id: server.task, metadata: { n } }
  return server.graphql('mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { task { version } } }', { input })
}

/** Changes the task every 25 ms until the server is stopped. */
export function drive(server) {
  let running = true
  const loop = (async () => {
    for (let n = 3; running; n++) {
      await update(server, n)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  })()
  server.quiet = () => {
    running = false
    return loop
  }
}
