// The space of a task that runs already: changed after a look at what becomes of the results, and what lies outside.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, button, byId, mutate, openTask, page, row, server, tell } from './lab.mjs'

const solvent = { categorical: { name: 'solvent', choices: ['THF', 'DMF'] } }
const space = { parameters: [{ float: { name: 'temperature', low: 20, high: 80 } }, solvent] }
const parameter = (name) => byId('parameter-row').filter({ has: page.getByRole('heading', { name, exact: true }) })
const outside = (number) => page.locator(`[data-testid=trial-row][data-number="${number}"][data-outside]`)
const result = (temperature, value) => ({
  point: { temperature, solvent: 'THF' },
  outcome: { values: [{ objective: 'strength', value }] },
})
const spaceOf = async (id) => {
  const parts = 'name fixed ... on FloatParameter { low high } ... on CategoricalParameter { choices }'
  const query = `query ($id: ID!) { task(id: $id) { spaceVersion parameterSpace { parameters { ${parts} } } } }`
  return (await server.graphql(query, { id })).task
}

async function openWithResults() {
  const id = await openTask({ parameterSpace: space })
  await mutate('addResults', 'trials { id }', { taskId: id, results: [result(30, 5), result(70, 9)] })
  await row(2).waitFor()
  return id
}

async function edit() {
  await button(byId('parameter-space'), 'Edit parameter space').click()
  return byId('edit-space')
}

test('a range is narrowed after a look at what becomes of the results, and they are marked', async () => {
  const id = await openWithResults()
  const dialog = await edit()
  await dialog.getByText('Nothing is changed yet.').waitFor()
  assert.equal(await dialog.getByRole('button', { name: 'Remove parameter' }).count(), 0, 'its parameters stay')
  await parameter('temperature').getByLabel('High').fill('50')
  await byId('space-impact').getByText(/1 of 2 results lie in the space/).waitFor()
  await byId('space-impact').getByText('Outside by temperature (1).').waitFor()
  await dialog.getByLabel('Reason').fill('the solvent boils')
  await button(dialog, 'Save').click()
  await outside(2).waitFor()
  await outside(1).waitFor({ state: 'detached' })
  await byId('best-value').getByText('5', { exact: true }).waitFor()
  await page.getByRole('figure', { name: /1 completed trials\. 1 more outside of the present space\..* 5\./ }).waitFor()
  await page.getByLabel('Legend').getByText('outside of the present space').waitFor()
  await byId('space-report').getByText(/Version 2 of the space/).waitFor()
  await byId('space-report').getByText('Under version 1: 2 trials, 1 of 2 results in it').waitFor()
  await button(row(2), 'Trial 2').click()
  await byId('space-version').getByText(/Made under version 1 of the space, which is now at 2.*outside/).waitFor()
  // Widened again, by a program: nothing was lost.
  await mutate('updateTask', 'task { id }', { id, parameterSpace: space })
  await outside(2).waitFor({ state: 'detached' })
})

test('a parameter is fixed and freed, and a choice is added', async () => {
  const id = await openWithResults()
  let dialog = await edit()
  await parameter('temperature').getByLabel('Fixed at').fill('90')
  await parameter('temperature').getByText('Must be from 20 to 80.').waitFor()
  await parameter('temperature').getByLabel('Fixed at').fill('60')
  await parameter('solvent').getByLabel('Choices').fill('THF, DMF, dioxane')
  await byId('space-impact').getByText(/is fixed to 60/).waitFor()
  await byId('space-impact').getByText('Models still learn from all of those outside.').waitFor()
  await button(dialog, 'Save').click()
  await byId('parameter-space').getByText('fixed at 60').waitFor()
  const fixed = await spaceOf(id)
  assert.equal(fixed.spaceVersion, 2)
  assert.deepEqual(fixed.parameterSpace.parameters, [
    { name: 'temperature', fixed: 60, low: 20, high: 80 },
    { name: 'solvent', fixed: null, choices: ['THF', 'DMF', 'dioxane'] },
  ])
  const trial = await ask(id)
  assert.equal((await server.graphql(`query ($id: ID!) { node(id: $id) { ... on Trial { point } } }`, trial)).node.point.temperature, 60)
  await tell(trial, 7)
  await button(page, 'Add trials').click()
  await page.getByRole('menuitem', { name: 'Add a point to try…' }).click()
  const temperature = byId('enqueue-dialog').getByLabel('temperature')
  assert.deepEqual([await temperature.inputValue(), await temperature.isEditable()], ['60', false])
  await byId('enqueue-dialog').getByLabel('solvent').selectOption('dioxane')
  await page.keyboard.press('Enter')
  await page.locator('[data-testid=trial-row][data-state=WAITING]').getByText('dioxane').waitFor()
  dialog = await edit()
  await parameter('temperature').getByLabel('Fixed at').fill('')
  await parameter('solvent').getByLabel('Fixed at').selectOption('dioxane')
  await byId('space-impact').getByText(/is fixed to "?dioxane/).waitFor()
  await button(dialog, 'Save').click()
  await byId('parameter-space').getByText('fixed at dioxane').waitFor()
  assert.deepEqual((await spaceOf(id)).parameterSpace.parameters.map(({ fixed }) => fixed), [null, 'dioxane'])
})

test('a waiting trial that would lie outside is told to be given up, and a completed task stays as it is', async () => {
  const id = await openTask({ parameterSpace: space })
  await mutate('enqueueTrials', 'trials { id }', { taskId: id, points: [{ temperature: 75, solvent: 'DMF' }] })
  await row(1).waitFor()
  const dialog = await edit()
  await parameter('temperature').getByLabel('High').fill('50')
  await byId('space-impact').getByText('1 waiting trial lies outside: given up when the space changes.').waitFor()
  await button(dialog, 'Save').click()
  await page.locator('[data-testid=trial-row][data-number="1"][data-state=ABANDONED]').waitFor()
  await mutate('transitionTask', 'task { id }', { id, to: 'COMPLETED' })
  await page.locator('[data-testid=status][data-status=COMPLETED]').waitFor()
  await button(byId('parameter-space'), 'Edit parameter space').waitFor({ state: 'detached' })
})
