// Trials that survive real workers, as the page shows them: people work beside programs, and programs die.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import { start } from '../server.mjs'
import { openBrowser, until } from './browser.mjs'

const directory = mkdtempSync(join(tmpdir(), 'asktell-trials-'))

let server, browser, page

before(async () => {
  server = await start('serve', `sqlite:${join(directory, 'asktell.db')}`)
  browser = await openBrowser(directory, server)
  page = browser.page
  await page.goto(server.url)
})

after(async () => {
  await browser?.close()
  await server?.stop()
  rmSync(directory, { recursive: true, force: true })
  assert.deepEqual(browser.foreign, [], 'everything comes from the server itself')
})

afterEach(() => {
  assert.deepEqual(browser.takeComplaints(), [], 'the console has no errors')
})

const byId = (id) => page.getByTestId(id)
const row = (number) => page.locator(`[data-testid=trial-row][data-number="${number}"]`)
const inState = (number, state) =>
  page.locator(`[data-testid=trial-row][data-number="${number}"][data-state=${state}]`).waitFor()
const dialog = (name) => page.getByRole('dialog', { name })
const button = (within, name) => within.getByRole('button', { name, exact: true })

/** One mutation of the API, as a program sends it. */
async function mutate(mutation, selection, input) {
  const type = `${mutation[0].toUpperCase()}${mutation.slice(1)}Input!`
  const query = `mutation ($input: ${type}) { ${mutation}(input: $input) { ${selection} } }`
  return (await server.graphql(query, { input }))[mutation]
}

const ask = async (taskId, more = {}) =>
  (await mutate('ask', 'trials { id number lease { token } }', { taskId, worker: 'robot', ...more })).trials[0]
const tell = (trial, value) =>
  mutate('tell', 'receipt', {
    trialId: trial.id,
    leaseToken: trial.lease.token,
    outcome: { values: [{ objective: 'strength', value }] },
  })
const trialOf = async (id, fields) =>
  (await server.graphql(`query ($id: ID!) { node(id: $id) { ... on Trial { ${fields} } } }`, { id })).node

/** A running task of one parameter and one objective, open in the page. */
async function openTask(settings = {}) {
  const { task } = await mutate('createTask', 'task { id }', {
    parameterSpace: { parameters: [{ float: { name: 'temperature', low: 20, high: 80 } }] },
    objectives: [{ name: 'strength', direction: 'MAXIMIZE' }],
    ...settings,
  })
  await mutate('transitionTask', 'task { id }', { id: task.id, to: 'RUNNING' })
  await page.goto(`${server.url}/tasks/${task.id}`)
  await page.locator('[data-testid=connection][data-state=live]').waitFor()
  await byId('task-name').waitFor()
  return task.id
}

async function act(number, action) {
  await button(row(number), `Actions for trial ${number}`).click()
  await page.getByRole('menuitem', { name: action }).click()
}

test('a person takes a point and tells its result, by the keyboard alone', async () => {
  const id = await openTask()
  await button(page, 'Take a point').focus()
  await page.keyboard.press('Enter')
  await dialog('Take a point').getByLabel('Your name').waitFor()
  // The cursor is in the field already.
  await page.keyboard.type('Zoë')
  await page.keyboard.press('Enter')
  await dialog('Trial 1 is yours').getByText('temperature').waitFor()
  await button(dialog('Trial 1 is yours'), 'Tell result…').press('Enter')
  await dialog('Tell the result of trial 1').getByLabel('strength', { exact: true }).waitFor()
  await page.keyboard.press('Enter')
  await dialog('Tell the result of trial 1').getByRole('alert').getByText('Enter the measured number.').waitFor()
  await page.keyboard.type('3,5')
  await page.keyboard.press('Tab')
  await page.keyboard.type('0.25')
  await page.keyboard.press('Enter')
  await inState(1, 'COMPLETED')
  await row(1).getByText('3.5 ± 0.25').waitFor()
  await byId('event-log').getByText('Trial 1 completed: strength = 3.5 ± 0.25 by Zoë').waitFor()
  const trial = await trialOf(`${id}:1`, 'worker values { value standardDeviation } attempts { worker outcome }')
  assert.deepEqual(trial, {
    worker: 'Zoë',
    values: [{ value: 3.5, standardDeviation: 0.25 }],
    attempts: [{ worker: 'Zoë', outcome: 'COMPLETED' }],
  })
})

test('a point is found again after closing the page, kept longer and given back', async () => {
  const id = await openTask()
  await button(page, 'Take a point').click()
  assert.equal(await dialog('Take a point').getByLabel('Your name').inputValue(), 'Zoë')
  await button(dialog('Take a point'), '1 hour').click()
  await button(dialog('Take a point'), 'Take').click()
  await button(dialog('Trial 1 is yours'), 'Close').click()
  await page.reload()
  const held = byId('held-point')
  await held.getByText(/^(1 h|59 min \d+ s) left$/).waitFor()
  await button(held, 'Keep longer…').click()
  await button(dialog('Keep trial 1 longer'), '1 week').click()
  await button(dialog('Keep trial 1 longer'), 'Keep').click()
  await held.getByText(/^(7 d|6 d 23 h) left$/).waitFor()
  await button(held, 'Give back…').click()
  await dialog('Give trial 1 back?').getByLabel('Reason').fill('out of resin')
  await page.keyboard.press('Enter')
  await inState(1, 'WAITING')
  await held.waitFor({ state: 'detached' })
  const { attempts } = await trialOf(`${id}:1`, 'attempts { outcome reason }')
  assert.deepEqual(attempts, [{ outcome: 'RELEASED', reason: 'out of resin' }])
})

test('what went wrong is told with its kind, and tried again if the task says so', async () => {
  const id = await openTask({
    trialPolicy: { retryOn: 'LISTED_FAILURES', retryKinds: ['oven-off'], backoffSeconds: 600 },
  })
  await ask(id, { leaseSeconds: 600 })
  await button(row(1), 'Tell trial 1').click()
  const form = dialog('Tell the result of trial 1')
  await form.getByText('robot is at this trial.').waitFor()
  await button(form, 'Failed').click()
  await form.getByLabel('What went wrong').fill('the oven was off')
  await form.getByLabel('Kind of failure').fill('oven-off')
  await button(form, 'Tell result').click()
  await inState(1, 'WAITING')
  await row(1).getByText(/^again in (10|9) min/).waitFor()
})

test('a waiting trial is skipped', async () => {
  const id = await openTask()
  await button(page, 'Add trials').click()
  await page.getByRole('menuitem', { name: 'Add a point to try…' }).click()
  await dialog('Add a point to try').getByLabel('temperature').fill('33')
  await page.keyboard.press('Enter')
  await inState(1, 'WAITING')
  await act(1, 'Skip…')
  await dialog('Skip trial 1?').getByLabel('Reason').fill('too cold')
  await page.keyboard.press('Enter')
  await inState(1, 'ABANDONED')
  await row(1).getByText('too cold').waitFor()
  assert.equal((await trialOf(`${id}:1`, 'failureReason')).failureReason, 'too cold')
})

test('a result is excluded, corrected and included again, and the best value follows', async () => {
  const id = await openTask()
  for (const value of [4, 90, 6]) await tell(await ask(id), value)
  const best = byId('key-numbers').getByTestId('best-value')
  await best.getByText('90', { exact: true }).waitFor()

  await act(2, 'Exclude…')
  await button(dialog('Exclude trial 2?'), 'Exclude').click()
  await dialog('Exclude trial 2?').getByRole('alert').waitFor()
  await dialog('Exclude trial 2?').getByLabel('Reason').fill('a digit too many')
  await page.keyboard.press('Enter')
  await row(2).getByText('excluded').waitFor()
  await best.getByText('6', { exact: true }).waitFor()
  const struck = row(2).getByText('90', { exact: true })
  assert.match(await struck.evaluate((cell) => getComputedStyle(cell).textDecorationLine), /line-through/)

  await act(2, 'Correct…')
  const form = dialog('Correct trial 2')
  assert.equal(await form.getByLabel('strength', { exact: true }).inputValue(), '90')
  await form.getByLabel('strength', { exact: true }).fill('9')
  await form.getByLabel('Reason').fill('9, not 90')
  await button(form, 'Correct').click()
  await row(2).getByText('corrected').waitFor()
  await act(2, 'Include again…')
  await dialog('Include trial 2 again?').getByLabel('Reason').fill('it is right now')
  await page.keyboard.press('Enter')
  await best.getByText('9', { exact: true }).waitFor()

  await button(row(2), 'Trial 2').click()
  await page.waitForURL(/trial=2/)
  await byId('corrections').getByText('9, not 90').waitFor()
  await byId('attempts').getByText('robot told the result').waitFor()
  await page.keyboard.press('Escape')
  await dialog(/Trial 2/).waitFor({ state: 'detached' })
  assert.deepEqual((await trialOf(`${id}:2`, 'values { value }')).values, [{ value: 9 }])
})

test('a worker that dies loses its trial, live, and its late result is marked', async () => {
  const id = await openTask()
  const trial = await ask(id, { leaseSeconds: 1.5 })
  await inState(1, 'RUNNING')
  await row(1).getByTestId('lease').waitFor()
  await inState(1, 'WAITING')
  await button(row(1), 'Attempts of trial 1: 1').click()
  await byId('attempts').getByText('robot lost').waitFor()
  await tell(trial, 7)
  await dialog(/Trial 1/).getByText('late', { exact: true }).waitFor()
  await button(dialog(/Trial 1/), 'Close').click()
  await inState(1, 'COMPLETED')
})

test('a lease that heartbeats renew is not shown as lost', async () => {
  const id = await openTask()
  const trial = await ask(id, { leaseSeconds: 6 })
  const lease = row(1).getByTestId('lease')
  await lease.waitFor()
  const end = Date.now() + 10_000
  for (let beats = 0; Date.now() < end; beats++) {
    if (beats % 6 === 0)
      await mutate('heartbeat', 'leases { verdict }', {
        leases: [{ trialId: trial.id, token: trial.lease.token }],
        leaseSeconds: 6,
      })
    assert.notEqual(await lease.getAttribute('data-look'), 'expired')
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
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

test('finished results are pasted as a table, with what is wrong beside the row', async () => {
  const id = await openTask()
  await button(page, 'Add trials').click()
  await page.getByRole('menuitem', { name: 'Add finished results…' }).click()
  const form = dialog('Add finished results')
  await form
    .getByLabel('Table')
    .fill('Temperature (°C);Strength;strength sd;hours\n25,5;3,1;0,1;4\n900;3;;5\n40;broken;;6\n30;4;;7\n')
  await form.getByText('2 of 4 rows can be added.').waitFor()
  await form.getByText('temperature: Must be from 20 to 80.').waitFor()
  await form.getByText('strength: “broken” is no number').waitFor()
  assert.ok(await button(form, 'Add 2 results').isDisabled())
  await form.getByLabel('What “hours” holds').selectOption('metric of this name')
  await form.getByLabel('Leave out the 2 rows with problems').check()
  await button(form, 'Add 2 results').click()
  await inState(2, 'COMPLETED')
  await row(1).getByText('3.1 ± 0.1').waitFor()
  await row(1).getByText('Measured elsewhere').waitFor()
  const trial = await trialOf(`${id}:1`, 'origin point metrics { name value }')
  assert.deepEqual(trial, { origin: 'IMPORTED', point: { temperature: 25.5 }, metrics: [{ name: 'hours', value: 4 }] })
})

test('constraints and the Pareto front are marked, and plotted', async () => {
  const id = await openTask({
    objectives: [
      { name: 'strength', direction: 'MAXIMIZE' },
      { name: 'cost', direction: 'MINIMIZE' },
    ],
    constraints: [{ name: 'purity', atLeast: 0.9 }],
  })
  const results = [[5, 5, 0.95], [9, 9, 0.95], [4, 6, 0.95], [99, 1, 0.5]]
  await mutate('addResults', 'trials { id }', {
    taskId: id,
    results: results.map(([strength, cost, purity], place) => ({
      point: { temperature: 30 + place },
      outcome: { values: [{ objective: 'strength', value: strength }, { objective: 'cost', value: cost }] },
      metrics: [{ name: 'purity', value: purity }],
    })),
  })
  await row(4).getByText('infeasible').waitFor()
  for (const number of [1, 2]) await row(number).getByText('front').waitFor()
  assert.equal(await row(3).getByText('front').count(), 0)
  await byId('pareto').getByText('2 of 4 results are on the front.').waitFor()
  await byId('pareto').locator('canvas').first().waitFor()
})

test('the learning curve of a trial grows as it reports', async () => {
  const id = await openTask()
  const trial = await ask(id)
  const report = (step) =>
    mutate('reportTrial', 'verdict', {
      trialId: trial.id,
      leaseToken: trial.lease.token,
      step,
      values: [{ objective: 'strength', value: step }],
    })
  await report(1)
  await button(row(1), 'Trial 1').click()
  await page.getByRole('figure', { name: '1 reports, the last at step 1' }).waitFor()
  await report(2)
  await page.getByRole('figure', { name: '2 reports, the last at step 2' }).waitFor()
  await page.keyboard.press('Escape')
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
  const { tasks } = await server.graphql(`{ tasks(filter: { nameContains: "With all settings" }) { nodes { priority labels
    owner budget { maxTrials deadline } trialPolicy { leaseSeconds maxAttempts } pruning { kind } constraints { name atLeast atMost } } } }`)
  assert.deepEqual(tasks.nodes, [
    {
      priority: 3,
      labels: ['furnace', 'xrd'],
      owner: 'Zoë',
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
