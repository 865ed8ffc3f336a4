// What a task is told about budget, rules and queue, and what the page shows of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './browser.mjs'
import { ask, button, byId, dialog, inState, mutate, openCreated, openTask, page, row, server, tell } from './lab.mjs'

test('a runner claims a task, and a person takes it back', async () => {
  const id = await openCreated({ priority: 1_000_000 })
  const taken = await mutate('claimTask', 'task { id }', { runner: 'cluster-7', leaseSeconds: 600 })
  assert.equal(taken.task.id, id)
  await byId('claim').getByText('cluster-7').waitFor()
  await page.locator('[data-testid=why-waiting][data-reason=CLAIMED]').waitFor()
  await button(byId('claim'), 'Take back…').click()
  await dialog('Take the task from cluster-7?').getByLabel('Reason').fill('maintenance')
  await page.keyboard.press('Enter')
  await byId('claim').waitFor({ state: 'detached' })
  await byId('event-log').getByText('cluster-7 no longer has the task: maintenance').waitFor()
})

test('a task completes itself when its budget is used up', async () => {
  const id = await openTask({ budget: { maxTrials: 2 } })
  await tell(await ask(id), 1)
  await byId('budget-trials').getByText('1 of 2 handed out').waitFor()
  const last = await ask(id)
  await byId('why-waiting').getByText('Budget reached.').waitFor()
  await tell(last, 2)
  await page.locator('[data-testid=status][data-status=COMPLETED]').waitFor()
  await page.getByText(/Reason:.*budget/).waitFor()
  await byId('budget-trials').getByText('2 of 2 handed out').waitFor()
  await button(page, 'Take a point').waitFor({ state: 'detached' })
})

test('priority is edited in place, the budget in its dialog', async () => {
  const id = await openTask()
  await button(byId('queue'), 'Edit priority').click()
  await byId('queue').getByLabel('priority', { exact: true }).fill('12')
  await page.keyboard.press('Enter')
  await byId('priority').getByText('12').waitFor()
  await button(byId('budget'), 'Edit budget').click()
  await dialog('Budget').getByLabel('Trials in all').fill('40')
  await dialog('Budget').getByLabel('Target value').fill('7.5')
  await page.keyboard.press('Enter')
  await byId('budget-trials').getByText('0 of 40 handed out').waitFor()
  const { task } = await server.graphql(`query ($id: ID!) { task(id: $id) { priority budget { maxTrials targetValue patience } } }`, { id })
  assert.deepEqual(task, { priority: 12, budget: { maxTrials: 40, targetValue: 7.5, patience: null } })
})

test('the form takes the optional settings, and shows what the server says of them at their place', async () => {
  await page.goto(`${server.url}/tasks/new`)
  const form = byId('create-task')
  await form.getByLabel('Name', { exact: true }).first().fill('With all settings')
  const parameter = byId('parameter-row').first()
  await parameter.getByLabel('Name', { exact: true }).fill('x')
  await parameter.getByLabel('Low').fill('0')
  await parameter.getByLabel('High').fill('1')
  await byId('objectives-editor').getByLabel('Name', { exact: true }).fill('y')
  for (const part of ['budget', 'policy', 'constraints', 'pruning', 'queue'])
    await byId(`section-${part}`).locator('summary').click()
  await form.getByLabel('Trials in all').fill('30')
  await form.getByLabel('Lease').fill('90 s')
  await button(form, 'Add constraint').click()
  await form.getByLabel('Objective or metric').fill('purity')
  await form.getByLabel('At least').fill('0.9')
  await button(form, 'Median rule').click()
  await form.getByLabel('Priority').fill('3')
  await form.getByLabel('Labels').fill('furnace, xrd')
  // Only the server knows how long a name may be.
  await form.getByLabel('Owner').fill('x'.repeat(101))
  await byId('section-queue').locator('summary').click()
  await button(form, 'Create').click()
  await byId('section-queue').getByRole('alert').waitFor()
  await form.getByLabel('Owner').fill('')
  await button(form, 'Create').click()
  await byId('task-name').getByText('With all settings').waitFor()
  const { tasks } = await server.graphql(`{ tasks(filter: { name: { contains: "With all settings" } }) { nodes { priority labels
    owner budget { maxTrials deadline } trialPolicy { leaseSeconds maxAttempts } pruning { kind } constraints { name atLeast atMost } } } }`)
  assert.deepEqual(tasks.nodes, [
    {
      priority: 3,
      labels: ['furnace', 'xrd'],
      owner: 'anonymous',
      budget: { maxTrials: 30, deadline: null },
      trialPolicy: { leaseSeconds: 90, maxAttempts: 3 },
      pruning: { kind: 'MEDIAN' },
      constraints: [{ name: 'purity', atLeast: 0.9, atMost: null }],
    },
  ])
})

test('a busy task does not make the page ask for everything again with each event', async () => {
  const id = await openTask()
  await row(1).waitFor({ state: 'detached' })
  let requests = 0
  page.on('request', (request) => {
    if (request.url().endsWith('/graphql') && request.method() === 'POST') requests += 1
  })
  const begin = Date.now()
  for (let count = 0; count < 60; count++) await tell(await ask(id), count)
  await inState(60, 'COMPLETED')
  await until('the page has all', async () => (await byId('trials-loaded').innerText()) === '60')
  const seconds = (Date.now() - begin) / 1000
  assert.ok(requests <= 6 + 6 * seconds, `${requests} requests in ${seconds} s`)
})
