// What a strategy is told by the form, and what the page shows of what it has learned.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { until } from './browser.mjs'
import { ask, button, byId, dialog, mutate, openTask, page, row, server, tell, trialOf } from './lab.mjs'

const parameter = (index) => byId('parameter-row').nth(index)

/** The form of a new task, with a name and an objective. */
async function openForm(name) {
  await page.goto(`${server.url}/tasks/new`)
  const form = byId('create-task')
  await form.getByLabel('Name', { exact: true }).first().fill(name)
  await byId('objectives-editor').getByLabel('Name', { exact: true }).fill('strength')
  return form
}

async function addNumber(index, name, low, high) {
  if ((await byId('parameter-row').count()) <= index)
    await button(byId('parameters-editor').locator('> div').last(), 'Float').click()
  await parameter(index).getByLabel('Name', { exact: true }).fill(name)
  await parameter(index).getByLabel('Low').fill(String(low))
  await parameter(index).getByLabel('High').fill(String(high))
}

const created = async (name, fields) =>
  (await server.graphql(`query ($name: String) { tasks(filter: { name: { contains: $name } }) { nodes { id ${fields} } } }`, { name })).tasks.nodes

test('the form makes a space with a condition and constraints, and shows what the server says at their place', async () => {
  const form = await openForm('Conditional mixture')
  await button(parameter(0), 'Categorical').click()
  await parameter(0).getByLabel('Name', { exact: true }).fill('solvent')
  await parameter(0).getByLabel('Choices').fill('THF, DMF, toluene')
  await addNumber(1, 'resin', 0, 1)
  await addNumber(2, 'hardener', 0, 1)
  await addNumber(3, 'base', 0, 2)
  await button(parameter(3), 'Only if…').click()
  await parameter(3).getByLabel('Only if').selectOption('solvent')
  await parameter(3).getByLabel('DMF').check()
  await button(byId('space-constraints'), 'Mixture, sums to 1').click()
  await button(byId('space-constraints'), 'x ≤ y').click()
  const order = byId('space-constraint').nth(1)
  await order.getByLabel('The smaller parameter').selectOption('hardener')
  await order.getByLabel('The greater parameter').selectOption('resin')

  // No point keeps to this: only the server knows.
  await byId('space-constraint').first().getByLabel('Sum', { exact: true }).fill('5')
  await button(form, 'Create').click()
  await byId('space-constraints').getByRole('alert').first().waitFor()
  await byId('space-constraint').first().getByLabel('Sum', { exact: true }).fill('1')
  await button(form, 'Create').click()
  await byId('task-name').getByText('Conditional mixture').waitFor()
  await byId('parameter-space').getByText('only if solvent is DMF').waitFor()
  await byId('space-rules').getByText('resin + hardener = 1').waitFor()
  await byId('space-rules').getByText('hardener ≤ resin').waitFor()

  const [task] = await created(
    'Conditional mixture',
    `strategy { kind } parameterSpace { parameters { name condition { parameter oneOf } }
     constraints { terms { parameter coefficient } atLeast atMost equals } }`,
  )
  assert.equal(task.strategy.kind, 'AUTO')
  assert.deepEqual(
    task.parameterSpace.parameters.map(({ condition }) => condition),
    [null, null, null, { parameter: 'solvent', oneOf: ['DMF'] }],
  )
  const terms = (...names) => names.map(([parameter, coefficient]) => ({ parameter, coefficient }))
  assert.deepEqual(task.parameterSpace.constraints, [
    { terms: terms(['resin', 1], ['hardener', 1]), atLeast: null, atMost: null, equals: 1 },
    { terms: terms(['hardener', 1], ['resin', -1]), atLeast: null, atMost: 0, equals: null },
  ])
})

test('the parameter space is edited as long as the task has not begun', async () => {
  await button(byId('parameter-space'), 'Edit parameter space').click()
  const edit = byId('edit-space')
  await edit.getByTestId('parameter-row').nth(3).getByLabel('High').fill('3')
  await edit.getByTestId('parameter-row').nth(3).getByLabel('toluene').check()
  await button(edit, 'Save').click()
  await byId('parameter-space').getByText('only if solvent is DMF or toluene').waitFor()
  await byId('parameter-space').getByText('0 to 3').waitFor()
  await byId('space-rules').getByText('resin + hardener = 1').waitFor()
})

test('a point typed by hand has only the parameters that exist', async () => {
  await button(byId('transitions'), 'Start').click()
  await page.locator('[data-testid=status][data-status=RUNNING]').waitFor()
  await button(page, 'Add trials').click()
  await page.getByRole('menuitem', { name: /point to try/ }).click()
  const add = byId('enqueue-dialog')
  await add.getByLabel('solvent').selectOption('THF')
  assert.equal(await add.getByLabel('base').count(), 0)
  await add.getByLabel('solvent').selectOption('DMF')
  await add.getByLabel('base').fill('1.5')
  await add.getByLabel('resin').fill('0.75')
  await add.getByLabel('hardener').fill('0.25')
  await button(add, 'Add point').click()
  await row(1).getByText('0.75').waitFor()
})

test('a list of candidates comes from a file, with its parameters', async () => {
  const form = await openForm('From the shelf')
  await byId('section-candidates').locator('summary').click()
  const file = join(tmpdir(), `candidates-${process.pid}.csv`)
  const lines = Array.from({ length: 12 }, (_, index) => `${6 + index},${index % 2 ? 'PLA' : 'ABS'},${index}`)
  writeFileSync(file, `struts,plastic,strength\n${lines.join('\n')}\n`)
  await byId('candidates-editor').locator('input[type=file]').setInputFiles(file)
  await byId('candidates-told').getByText(/12 candidates.*Not used: strength/).waitFor()
  assert.equal(await byId('candidates-editor').getByTestId('table-rows').locator('tbody tr').count(), 12)
  assert.equal(await parameter(0).getByLabel('Name', { exact: true }).inputValue(), 'struts')
  await button(form, 'Create and start').click()
  await byId('candidate-count').getByText('12 candidates').waitFor()
  const [{ id }] = await created('From the shelf', '')
  const { point } = await trialOf((await ask(id)).id, 'point')
  assert.equal(point.plastic, point.struts % 2 ? 'PLA' : 'ABS')
})

const parameterSpace = {
  parameters: [
    { float: { name: 'temperature', low: 20, high: 80 } },
    { categorical: { name: 'solvent', choices: ['THF', 'DMF'] } },
  ],
}

// With ripples that no model of 16 results follows, so that it goes on to expect improvements.
const near = ({ temperature, solvent }) =>
  50 - ((temperature - 55) / 10) ** 2 + (solvent === 'DMF' ? 6 : 0) + Math.sin(7 * temperature)

test('the model of an automatic task is shown as it learns', async () => {
  const id = await openTask({
    strategy: { kind: 'AUTO', seed: 3 },
    budget: { minExpectedImprovement: 1e-9 },
    parameterSpace,
  })
  await byId('no-model').getByText(/Not enough results yet/).waitFor()
  await byId('budget-improvement').getByText(/ends when less than/).waitFor()
  for (let count = 0; count < 16; count++) {
    const trial = await ask(id)
    await tell(trial, near((await trialOf(trial.id, 'point')).point))
  }
  const model = byId('model')
  await model.getByTestId('model-reason').waitFor()
  await until('the model has all results', async () => /\b16\b/.test(await byId('model-facts').innerText()))
  await model.locator('[data-parameter=temperature]').waitFor()
  await byId('best-predicted').getByText(/strength/).waitFor()

  await button(model, 'Accuracy').click()
  await byId('fit-plot').getByRole('figure', { name: /predicted over measured, of 16 results/ }).waitFor()
  await button(model, 'Along one').click()
  await byId('slice-plot').getByRole('combobox', { name: 'Along' }).selectOption('solvent')
  await byId('slice-plot').getByRole('figure', { name: /highest at DMF/ }).waitFor()
  await byId('slice-plot').getByLabel('Around trial').fill('1')
  const { point } = await trialOf(`${id}:1`, 'point')
  await byId('around').getByText(`With temperature ${Number(point.temperature.toPrecision(5))}`).waitFor()
  await button(model, 'Over two').click()
  await byId('contour-plot').getByRole('figure', { name: /16 trials/ }).waitFor()
  await button(model, 'Uncertainty').click()
  await byId('contour-plot').getByRole('img', { name: /deviation of strength/ }).waitFor()
})

test('a trial tells why its point was chosen', async () => {
  await button(row(16), 'Trial 16').click()
  const why = byId('why-this-point')
  await why.getByTestId('predictions').getByText(/±/).waitFor()
  assert.match(await why.getByTestId('predictions').innerText(), /strength/)
  await why.getByTestId('expected-improvement').waitFor()
  await page.keyboard.press('Escape')
  await byId('trial-detail').waitFor({ state: 'detached' })
})

test('a strategy is changed on the way, and learns from an earlier task', async () => {
  const earlier = { id: await openTask({ name: 'Earlier campaign', parameterSpace }), name: 'Earlier campaign' }
  for (let count = 0; count < 3; count++) await tell(await ask(earlier.id), count)
  await openTask({ parameterSpace })
  await button(byId('strategy'), 'Edit strategy').click()
  const edit = dialog('Strategy')
  await edit.getByLabel('Gaussian process').check()
  await edit.getByLabel('The next point is').selectOption('Confidence bound')
  await edit.getByLabel('Optimism').fill('3')
  await edit.getByRole('searchbox').fill(earlier.name)
  await edit.getByRole('button', { name: new RegExp(earlier.name) }).click()
  await edit.getByLabel('Time limit, seconds').fill('1000')
  await button(edit, 'Save').click()
  await edit.getByRole('alert').getByText(/0.05 to 600/).waitFor()
  await edit.getByLabel('Time limit, seconds').fill('5')
  await button(edit, 'Save').click()
  await byId('strategy').getByText('Confidence bound').waitFor()
  await byId('strategy').getByRole('link', { name: earlier.name }).waitFor()
})

test('a condition lists whole numbers', async () => {
  const form = await openForm('Several coats')
  await button(parameter(0), 'Int').click()
  await addNumber(0, 'coats', 1, 5)
  await addNumber(1, 'pause', 1, 60)
  await button(parameter(1), 'Only if…').click()
  await parameter(1).getByLabel('or is one of').fill('2, 3')
  await parameter(1).getByLabel('is at least').fill('2')
  await button(form, 'Create').click()
  await parameter(1).getByRole('alert').getByText(/not both/).waitFor()
  await parameter(1).getByLabel('is at least').fill('')
  await button(form, 'Create').click()
  await byId('parameter-space').getByText('only if coats is 2 or 3').waitFor()
  const [task] = await created('Several coats', 'parameterSpace { parameters { condition { parameter oneOf } } }')
  assert.deepEqual(task.parameterSpace.parameters[1].condition, { parameter: 'coats', oneOf: [2, 3] })
  await button(byId('parameter-space'), 'Edit parameter space').click()
  assert.equal(await byId('edit-space').getByLabel('or is one of').inputValue(), '2, 3')
})

test('who proposes the points of an external strategy is shown, and how many are waited for', async () => {
  const taskId = await openTask({ strategy: { kind: 'EXTERNAL', external: { ahead: 3 } } })
  await byId('strategist').getByText('nobody proposes points now').waitFor()
  await byId('points-needed').getByText('3').waitFor()
  const claimed = await mutate('claimStrategy', 'claim { token }', { taskId, strategist: 'lab-notebook', leaseSeconds: 600 })
  await byId('strategist').getByText(/lab-notebook, for .* min/).waitFor()
  const { token } = claimed.claim
  const points = [20, 50].map((temperature) => ({ point: { temperature } }))
  await mutate('proposeTrials', 'needed', { taskId, leaseToken: token, points })
  await byId('points-needed').getByText('1').waitFor()
  await mutate('releaseStrategy', 'task { id }', { taskId, leaseToken: token })
  await byId('strategist').getByText('nobody proposes points now').waitFor()
})

test('a task ends when its model expects too little, and the page says so', async () => {
  const id = await openTask({
    strategy: { kind: 'GP', seed: 3, gp: { startup: 3 } },
    budget: { minExpectedImprovement: 500 },
  })
  await byId('budget-improvement').getByText(/ends when less than 500 is expected/).waitFor()
  for (let count = 0; count < 3; count++) await tell(await ask(id), count)
  // Nobody asks for the next point: the server ends the task by itself.
  await page.locator('[data-testid=status][data-status=COMPLETED]').waitFor()
  await page.getByText(/Reason:.*expects an improvement of less than 500/).waitFor()
  await byId('budget-improvement').getByText(/expected, now \d/).waitFor()
  await button(page, 'Take a point').waitFor({ state: 'detached' })
})
