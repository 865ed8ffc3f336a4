// Every filter that the list offers: it narrows the list, tells what it does, and stands in the address.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './browser.mjs'
import { ask, button, byId, mutate, page, server, tell } from './lab.mjs'
import { createTask, shows } from './list.mjs'

const tasks = {}
const all = ['Cyanide', 'Borate', 'Amide']

async function filter(kind, fill) {
  await button(page, 'Add a filter').click()
  await page.getByRole('menuitem', { name: `${kind}…`, exact: true }).click()
  await fill()
  await button(page, 'Add').click()
}

const fill = (label, text) => page.getByLabel(label, { exact: true }).fill(text)

/** The filter shows just these, also after a reload; then it is taken away. */
async function narrows(chip, ...expected) {
  await byId('filter-chip').filter({ hasText: chip }).waitFor()
  await shows(...expected)
  await page.reload()
  await shows(...expected)
  await button(page, `Remove filter: ${chip}`).click()
  await shows(...all)
}

test('tags may be any of some, all of some, or none of some', async () => {
  for (const [name, settings] of [
    ['Amide', { tags: ['pd', 'b12'], metadata: { lab: { site: 'B12' }, t: 60 } }],
    ['Borate', { tags: ['pd'], metadata: { lab: { site: 'C3' }, t: 90 } }],
    ['Cyanide', { tags: ['cu', 'b12'], metadata: {} }],
  ]) tasks[name] = (await createTask(name, settings)).task.id
  await page.goto(server.url)
  await shows(...all)
  await filter('Tag (any)', () => fill('Tag (any)', 'pd'))
  await filter('Tag (any)', () => fill('Tag (any)', 'cu'))
  await shows(...all)
  await button(page, 'Remove filter: or tag cu').click()
  await narrows('Tag pd', 'Borate', 'Amide')
  await filter('Tag (all)', () => fill('Tag (all)', 'pd'))
  await filter('Tag (all)', () => fill('Tag (all)', 'b12'))
  await shows('Amide')
  await button(page, 'Remove filter: With tag pd').click()
  await narrows('With tag b12', 'Cyanide', 'Amide')
  await filter('Tag (none)', () => fill('Tag (none)', 'pd'))
  await narrows('Without tag pd', 'Cyanide')
})

test('metadata is compared by its path', async () => {
  await filter('Metadata', async () => {
    await fill('Path in the metadata', 'lab.site')
    await fill('Value', 'B12')
  })
  await narrows('lab.site is B12', 'Amide')
  await filter('Metadata', async () => {
    await fill('Path in the metadata', 't')
    await page.getByLabel('Relation').selectOption('is at least')
    await fill('Value', '70')
  })
  await narrows('t at least 70', 'Borate')
  await filter('Metadata', async () => {
    await fill('Path in the metadata', 't')
    await page.getByLabel('Relation').selectOption('is not there')
  })
  await narrows('t is not there', 'Cyanide')
})

test('best values and numbers of trials have bounds, and follow the results', async () => {
  await mutate('transitionTasks', 'changed', { ids: Object.values(tasks), to: 'RUNNING' })
  for (const [name, value] of [['Amide', 0.5], ['Borate', 80]]) await tell(await ask(tasks[name]), value)
  await filter('Best value', () => fill('Best value at least', '10'))
  await shows('Borate')
  await tell(await ask(tasks.Cyanide), 99)
  await narrows('Best value at least 10', 'Cyanide', 'Borate')
  await filter('Trials', async () => {
    await page.getByLabel('State of the trials').selectOption('Completed')
    await fill('Trials at most', '0')
  })
  await page.getByRole('heading', { name: 'No task fits this filter' }).waitFor()
  await button(page, 'Clear the filter').click()
  await shows(...all)
})

test('dates bound when tasks were made, changed, started and ended', async () => {
  const today = await page.evaluate(() => {
    const two = (part) => String(part).padStart(2, '0')
    const now = new Date()
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
  })
  for (const when of ['Created', 'Updated', 'Started']) {
    await filter(when, () => fill(`${when} since`, today))
    await narrows(`${when} since ${today}`, ...all)
  }
  await filter('Created', () => fill('Created until', '2001-01-01'))
  await page.getByRole('heading', { name: 'No task fits this filter' }).waitFor()
  await button(page, 'Clear the filter').click()
  await mutate('transitionTask', 'task { id }', { id: tasks.Borate, to: 'COMPLETED' })
  await filter('Ended', () => fill('Ended since', today))
  await narrows(`Ended since ${today}`, 'Borate')
})

test('a task is asked for by its place in the tree, and told by its name', async () => {
  await mutate('moveTask', 'task { id }', { id: tasks.Borate, parentId: tasks.Amide })
  await mutate('moveTask', 'task { id }', { id: tasks.Cyanide, parentId: tasks.Borate })
  const pick = async (name) => {
    await page.getByPlaceholder('Name, description or tag').nth(1).fill(name)
    await byId('picker').getByLabel(name).first().check()
  }
  await filter('Directly below', () => pick('Amide'))
  await narrows('Directly below Amide', 'Borate')
  await filter('Below', () => pick('Amide'))
  await narrows('Below Amide', 'Cyanide', 'Borate')
  await button(page, 'Add a filter').click()
  await page.getByRole('menuitem', { name: 'Without a parent' }).click()
  await narrows('Without a parent', 'Amide')
})

test('parameters are asked for by name, and anything else in the words of the API', async () => {
  await createTask('Diazo', { parameterSpace: { parameters: [{ float: { name: 'time', low: 1, high: 9 } }] } })
  all.unshift('Diazo')
  await shows(...all)
  await filter('Parameter', () => fill('Parameter', 'temperature'))
  await narrows('Parameter temperature', 'Cyanide', 'Borate', 'Amide')
  await filter('Further conditions', () =>
    fill('Further conditions', '{"or": [{"name": {"startsWith": "A"}}, {"parameters": ["time"]}]}'))
  await narrows('Also {"or":[{"name":{"startsWith":"A"}},{"parameters":["time"]}]}', 'Diazo', 'Amide')
})

test('a filter that the server refuses is explained', async () => {
  await page.goto(`${server.url}/?where=${encodeURIComponent('{"deleted":true}')}`)
  await page.getByRole('heading', { name: 'The tasks could not be read' }).waitFor()
  assert.match(await page.locator('main').innerText(), /deleted/)
  await button(page, 'Remove filter: Also {"deleted":true}').click()
  await shows(...all)
  await until('it is counted', async () => (await byId('total-count').innerText()) === '4 tasks')
})
