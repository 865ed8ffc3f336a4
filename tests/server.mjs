// The built server as a child process, for the tests in Node.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
export const binary = process.env.ASKTELL_BIN ?? `${root}/target/debug/asktell`

/** Runs a command that serves, and waits until it listens. */
export async function start(command, database, port = 0, more = []) {
  const child = spawn(
    binary,
    [command, '--listen', `127.0.0.1:${port}`, '--database', database, ...more],
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
  /** Gives the exit code; null after a kill. */
  const end = async (signal) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    const [code] = await ended
    return code
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
