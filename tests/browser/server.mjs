// The built server as a child process.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const binary = process.env.ASKTELL_BIN ?? `${root}/target/debug/asktell`

/** Runs a command that serves, and waits until it listens. */
export async function start(command, file, port = 0, more = []) {
  const child = spawn(
    binary,
    [command, '--listen', `127.0.0.1:${port}`, '--database', `sqlite:${file}`, ...more],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const ended = once(child, 'exit')
  const url = await new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout })
    lines.on('line', (line) => {
      const found = /listening on (http:\/\/\S+?)\/?$/.exec(line)
      if (found) resolve(found[1])
    })
    lines.on('close', () => reject(new Error(`${command} ended before it listened`)))
    child.on('error', reject)
  })
  const end = async (signal) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    return ended
  }
  return {
    url,
    port: new URL(url).port,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    /** Executes an operation that must succeed. */
    async graphql(query, variables) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      })
      const { data, errors } = await response.json()
      if (errors) throw new Error(JSON.stringify(errors))
      return data
    },
  }
}
