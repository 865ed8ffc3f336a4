// Saved views: a list under a name, opened, changed and shared by its address; and which columns a list has.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './browser.mjs'
import { button, byId, dialog, mutate, page, server } from './lab.mjs'
import { createTask, shows } from './list.mjs'

const tasks = {}
const heading = (name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
const state = (text) => byId('view-state').filter({ hasText: text }).waitFor()
const views = async () => (await server.graphql('{ views { nodes { id name filter sort columns } } }')).views.nodes
const heads = () => page.getByRole('columnheader').evaluateAll((all) => all.map((head) => head.textContent.trim()).filter(Boolean))

async function choose(menu, ...items) {
  await button(page, menu).click()
  for (const item of items) await page.getByRole('menu').getByText(item, { exact: true }).click()
}

test('columns are chosen, kept in the address, and put back', async () => {
  for (const [name, settings] of [
    ['Amide', { tags: ['pd'], priority: 1 }],
    ['Borate', { tags: ['pd'], priority: 5 }],
    ['Cyanide', { tags: ['cu'], priority: 3 }],
  ]) tasks[name] = (await createTask(name, { owner: 'anna', ...settings })).task.id
  await page.goto(server.url)
  await shows('Cyanide', 'Borate', 'Amide')
  await choose('Columns', 'Trials', 'Strategy', 'Owner')
  await page.keyboard.press('Escape')
  const chosen = ['Name', 'Status', 'Best value', 'Priority', 'Owner', 'Created', 'Updated', 'Actions']
  await until('the columns are there', async () => String(await heads()) === String(chosen))
  await page.reload()
  await until('they are again', async () => String(await heads()) === String(chosen))
  await page.locator('td[data-column=owner]').first().getByText('anna').waitFor()
  await choose('Columns', 'The usual columns')
  await until('the usual are back', async () => (await heads()).includes('Trials'))
})

test('a list is saved under a name, and the address is that of the view', async () => {
  await page.goto(`${server.url}/?tag=pd&sort=PRIORITY&columns=${encodeURIComponent('["status","priority"]')}`)
  await shows('Borate', 'Amide')
  await choose('Saved views', 'Save as a view…')
  await page.getByLabel('Name', { exact: true }).fill('Palladium')
  await page.keyboard.press('Enter')
  await heading('Palladium')
  const [view] = await views()
  assert.deepEqual({ ...view, id: '' }, {
    id: '',
    name: 'Palladium',
    filter: { tags: { any: ['pd'] } },
    sort: [{ by: 'PRIORITY', direction: 'DESCENDING' }],
    columns: ['status', 'priority'],
  })
  assert.equal(new URL(page.url()).search, `?view=${view.id}`)
  await page.reload()
  await heading('Palladium')
  await shows('Borate', 'Amide')
  assert.deepEqual(await heads(), ['Name', 'Status', 'Priority', 'Actions'])
})

test('what differs from the view is told, shared by the address, and thrown away or saved', async () => {
  await button(page, 'Remove filter: Tag pd').click()
  await shows('Borate', 'Cyanide', 'Amide')
  await state('This list differs from the view “Palladium”')
  await page.reload()
  await shows('Borate', 'Cyanide', 'Amide')
  await button(page, 'Back to the view').click()
  await shows('Borate', 'Amide')
  await byId('view-state').waitFor({ state: 'detached' })
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click()
  await shows('Amide', 'Borate')
  await button(page, 'Save the view').click()
  await byId('view-state').waitFor({ state: 'detached' })
  assert.deepEqual((await views())[0].sort, [{ by: 'NAME', direction: 'ASCENDING' }])
  await shows('Amide', 'Borate')
})

test('what comes in and leaves while a view is open is counted', async () => {
  await mutate('addTags', 'changed', { ids: [tasks.Cyanide], tags: ['pd'] })
  await state('Since you opened it: 1 came in.')
  await shows('Amide', 'Borate', 'Cyanide')
  await mutate('removeTags', 'changed', { ids: [tasks.Amide], tags: ['pd'] })
  await state('Since you opened it: 1 came in, 1 left.')
  await mutate('removeTags', 'changed', { ids: [tasks.Cyanide], tags: ['pd'] })
  await state('Since you opened it: 1 left.')
  await button(page, 'Seen').click()
  await byId('view-state').waitFor({ state: 'detached' })
})

test('views are opened from the menu; one keeps its own name, whatever the case', async () => {
  await choose('Saved views', 'All tasks')
  await heading('Tasks')
  await shows('Cyanide', 'Borate', 'Amide')
  await button(page, 'Tree').click()
  await choose('Saved views', 'Save as a view…')
  await page.getByLabel('Name', { exact: true }).fill('PALLADIUM')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').filter({ hasText: 'There is a view of this name already.' }).waitFor()
  await page.getByLabel('Name', { exact: true }).fill('All as a tree')
  await page.keyboard.press('Enter')
  await heading('All as a tree')
  await choose('Saved views', 'Palladium')
  await shows('Borate')
  await choose('Saved views', 'All as a tree')
  await until('it is a tree', async () => (await byId('total-count').innerText()) === '3 tasks at the top')
})

test('shift-click on a head adds a key to the order, and the view keeps both', async () => {
  await choose('Saved views', 'All tasks')
  await heading('Tasks')
  const head = (name) => page.getByRole('columnheader', { name }).getByRole('button')
  await head('Status').click()
  await head('Priority').click({ modifiers: ['Shift'] })
  await shows('Borate', 'Cyanide', 'Amide')
  await until('both are numbered', async () => String(await heads()).includes('Priority2'))
  await choose('Saved views', 'Save as a view…')
  await page.getByLabel('Name', { exact: true }).fill('By two')
  await page.keyboard.press('Enter')
  await heading('By two')
  assert.deepEqual((await views()).find(({ name }) => name === 'By two').sort, [
    { by: 'STATUS', direction: 'ASCENDING' },
    { by: 'PRIORITY', direction: 'DESCENDING' },
  ])
  await page.reload()
  await shows('Borate', 'Cyanide', 'Amide')
  await choose('Saved views', 'Delete this view…')
  await button(dialog('Delete the view “By two”?'), 'Delete view').click()
  await choose('Saved views', 'All as a tree')
})

test('a view is renamed and deleted; who has its address is told', async () => {
  await choose('Saved views', 'Rename this view…')
  await page.getByLabel('Name', { exact: true }).fill('Tree')
  await page.keyboard.press('Enter')
  await heading('Tree')
  const address = page.url()
  await choose('Saved views', 'Delete this view…')
  await button(dialog('Delete the view “Tree”?'), 'Delete view').click()
  await heading('Tasks')
  assert.deepEqual((await views()).map(({ name }) => name), ['Palladium'])
  await page.goto(address)
  await page.getByRole('heading', { name: 'This view does not exist any more' }).waitFor()
  await button(page, 'Show all tasks').click()
  await shows('Cyanide', 'Borate', 'Amide')
})

test('a view that a program has saved is shown with all that it asks for', async () => {
  const filter = { or: [{ name: { equals: 'Amide' } }, { priority: { min: 5 } }] }
  const { view } = await mutate('saveView', 'view { id }', { name: 'From a program', filter, sort: [{ by: 'NAME' }] })
  await page.goto(`${server.url}/?view=${view.id}`)
  await heading('From a program')
  await shows('Amide', 'Borate')
  assert.equal(await byId('view-state').count(), 0)
})
