// The list of tasks: what it is narrowed to, in which order, and that the address says so.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './browser.mjs'
import { button, byId, page, server } from './lab.mjs'
import { createTask, shows } from './list.mjs'

async function open(kind) {
  await button(page, 'Add a filter').click()
  await page.getByRole('menuitem', { name: `${kind}…`, exact: true }).click()
}

async function addFilter(kind, value) {
  await open(kind)
  await page.getByLabel(kind, { exact: true }).fill(value)
  await page.keyboard.press('Enter')
}

test('the list shows the newest first, and how many there are', async () => {
  await createTask('Amide', { tags: ['pd', 'urgent'], owner: 'anna', priority: 5 })
  await createTask('Borate', { tags: ['pd'], owner: 'ben', priority: 1 })
  await createTask('Cyanide', { tags: ['cu'], owner: 'anna', priority: 3 })
  await page.goto(server.url)
  await page.locator('[data-testid=connection][data-state=live]').waitFor()
  await shows('Cyanide', 'Borate', 'Amide')
  assert.equal(await byId('total-count').innerText(), '3 tasks')
})

test('a click on a column head sorts, a second one turns the order round, and Back undoes it', async () => {
  await shows('Cyanide', 'Borate', 'Amide')
  const head = page.getByRole('columnheader', { name: 'Priority' })
  await head.getByRole('button').click()
  await shows('Amide', 'Cyanide', 'Borate')
  assert.equal(await head.getAttribute('aria-sort'), 'descending')
  await head.getByRole('button').click()
  await shows('Borate', 'Cyanide', 'Amide')
  await page.reload()
  await shows('Borate', 'Cyanide', 'Amide')
  await page.goBack()
  await shows('Amide', 'Cyanide', 'Borate')
  await page.goBack()
  await shows('Cyanide', 'Borate', 'Amide')
})

test('filters are added, shared by the address, and taken away', async () => {
  await addFilter('Tag (any)', 'pd')
  await shows('Borate', 'Amide')
  await addFilter('Owner', 'anna')
  await shows('Amide')
  assert.equal(await byId('total-count').innerText(), '1 task')
  await page.reload()
  await shows('Amide')
  await button(page, 'Remove filter: Tag pd').click()
  await shows('Cyanide', 'Amide')
  await open('Priority')
  await page.getByLabel('Priority at least').fill('4')
  await page.keyboard.press('Enter')
  await shows('Amide')
  await button(page, 'Remove filter: Priority at least 4').click()
  await button(page, 'Remove filter: Owner anna').click()
  await shows('Cyanide', 'Borate', 'Amide')
})

test('completion knows the tags and how many tasks have each', async () => {
  await button(page, 'Add a filter').click()
  await page.getByRole('menuitem', { name: 'Tag (any)…', exact: true }).click()
  const options = page.locator('datalist option')
  await until('all tags are offered', async () => (await options.count()) === 3)
  assert.equal(await page.locator('datalist option[value=pd]').textContent(), '2 tasks')
  await page.keyboard.press('Escape')
  await button(page, 'Add a filter').waitFor()
})

test('search finds the beginnings of words in names and tags', async () => {
  await page.getByRole('searchbox').fill('URG')
  await shows('Amide')
  await page.waitForURL(/text=URG/)
  await page.getByRole('searchbox').fill('')
  await shows('Cyanide', 'Borate', 'Amide')
})

test('a list that only the server can judge follows what happens', async () => {
  await addFilter('Tag (any)', 'cu')
  await shows('Cyanide')
  await createTask('Diazo', { tags: ['cu'] })
  await shows('Diazo', 'Cyanide')
  await until('the count follows', async () => (await byId('total-count').innerText()) === '2 tasks')
})
