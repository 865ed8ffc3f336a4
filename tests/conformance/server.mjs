// A server on an empty database in memory, and what the suites subscribe to.
import { start } from '../server.mjs'

/** Three events of the past, then complete. */
export const finite = 'subscription { taskEvents(after: "START", first: 3) { cursor sequence } }'
/** What the driver does, about every 25 ms, without an end. */
export const endless = 'subscription { taskEvents { cursor sequence } }'

export async function startServer() {
  const started = await start('serve', 'sqlite::memory:')
  const server = {
    ...started,
    http: `${started.url}/graphql`,
    ws: `${started.url.replace('http', 'ws')}/graphql`,
    async stop() {
      await server.quiet?.()
      return started.stop()
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
