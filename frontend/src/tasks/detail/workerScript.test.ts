import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { workerScript } from './workerScript'

const task = {
  id: '0197f3a2-0000-7000-8000-000000000001',
  objectives: [
    { name: 'yield "wet"', direction: 'MAXIMIZE' },
    { name: 'cost', direction: 'MINIMIZE' },
  ],
  constraints: [{ name: 'purity', atLeast: 0.9, atMost: null }],
} as const

const python = workerScript(
  'python',
  { ...task, objectives: [...task.objectives], constraints: [...task.constraints] },
  'http://lab:8080',
)

it('names the task, its objectives, and the metrics that it needs', () => {
  expect(python).toContain('"http://lab:8080/graphql"')
  expect(python).toContain(task.id)
  expect(python).toContain('return {"yield \\"wet\\"": 0.0, "cost": 0.0}')
  expect(python).toContain('report["metrics"] = [{"name": "purity", "value": 0.0}]')
})

it('waits for points, keeps its lease, and tells with its token', () => {
  for (const word of ['waitSeconds: 30', 'heartbeat(', '"leaseToken"', 'idempotencyKey'])
    expect(python).toContain(word)
})

it('is Python', () => {
  let found = true
  try {
    execFileSync('python3', ['--version'])
  } catch {
    found = false
  }
  if (found)
    execFileSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: python })
})
