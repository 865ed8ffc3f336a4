// Another task like one that there is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, button, byId, mutate, openTask, page, server, tell } from './lab.mjs'

async function openClone() {
  await button(page, 'More actions').click()
  await page.getByRole('menuitem', { name: 'Clone…' }).click()
  return byId('clone')
}

const clonesOf = async (id) => {
  const fields = 'id name status clonedFrom tags strategy { seed warmStart } trialCounts { total }'
  const { tasks } = await server.graphql(`{ tasks { nodes { ${fields} } } }`)
  return tasks.nodes.filter((task) => task.clonedFrom === id)
}

test('a clone begins with the results of the task, and its page is opened', async () => {
  const id = await openTask({ name: 'Screen', tags: ['b12'] })
  await tell(await ask(id), 3)
  await byId('best-value').getByText('3').waitFor()
  const dialog = await openClone()
  await dialog.getByText(/learns from the 1 that there are/).waitFor()
  await dialog.getByLabel('Name').fill('Screen with THF')
  await button(dialog, 'Clone').click()
  await byId('task-name').getByText('Screen with THF').waitFor()
  const [clone] = await clonesOf(id)
  assert.deepEqual(
    { ...clone, id: '', strategy: clone.strategy.warmStart },
    { id: '', name: 'Screen with THF', status: 'CREATED', clonedFrom: id, tags: ['b12'], strategy: [id], trialCounts: { total: 0 } },
  )
  await byId('cloned-from').getByRole('link', { name: 'Screen' }).click()
  await byId('task-name').getByText('Screen', { exact: true }).waitFor()
})

test('without results there is nothing to learn from, and the same seed gives the same points', async () => {
  const id = await openTask({ strategy: { kind: 'SOBOL', seed: 7 } })
  const dialog = await openClone()
  assert.equal(await dialog.getByLabel('With the results of this one').count(), 0)
  await dialog.getByLabel('As this one did').check()
  await button(dialog, 'Clone').click()
  await byId('cloned-from').waitFor()
  const [clone] = await clonesOf(id)
  assert.deepEqual(clone.strategy, { seed: 7, warmStart: [] })
})
