// The page, in a real browser, on the real server: what a user does in the first ten minutes.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import { start } from '../server.mjs'
import { number, openBrowser, patience } from './browser.mjs'

const directory = mkdtempSync(join(tmpdir(), 'asktell-browser-'))
const database = `sqlite:${join(directory, 'asktell.db')}`

let server, browser, page

before(async () => {
  server = await start('demo', database, 0, ['--pace', '150', '--trials', '100000'])
  browser = await openBrowser(directory, server)
  page = browser.page
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

/** Waits until the number that is read grows beyond what it was. */
async function grows(what, read, from) {
  const begin = from ?? (await read())
  const deadline = Date.now() + patience
  for (;;) {
    const now = await read()
    if (now > begin) return now
    assert.ok(Date.now() < deadline, `${what} stays at ${begin}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const byId = (id) => page.getByTestId(id)
const row = (name) => byId('task-row').filter({ hasText: name })
const completed = (within) => number(within.getByTestId('trial-counts').locator('li', { hasText: 'completed' }))

async function isLive() {
  await page.locator('[data-testid=connection][data-state=live]').waitFor()
}

async function hasStatus(locator, status) {
  await locator.locator(`[data-testid=status][data-status=${status}]`).waitFor()
}

let name

test('the list shows the running campaign, live', async () => {
  await page.goto(server.url)
  await isLive()
  await page.getByRole('heading', { name: 'Tasks' }).waitFor()
  const campaign = byId('task-row').first()
  await hasStatus(campaign, 'RUNNING')
  name = (await campaign.getByRole('link').innerText()).trim()
  await campaign.getByTestId('trial-counts').locator('li', { hasText: 'completed' }).waitFor()
  await page.evaluate(() => (window.stillTheSamePage = true))
  const before = await completed(campaign)
  await grows('the count', () => completed(campaign), before + 3)
  assert.match(await campaign.getByTestId('best-value').innerText(), /\d/)
  assert.ok(await page.evaluate(() => window.stillTheSamePage), 'without a reload')
})

test('the page of a task follows its trials, its plot and its events', async () => {
  await row(name).getByRole('link').click()
  await byId('task-name').waitFor()
  assert.equal((await byId('task-name').innerText()).trim(), name)
  await grows('the numbers', () => completed(byId('key-numbers')))
  await grows('the table', () => number(byId('trials-loaded')))
  const plot = byId('values-plot').getByRole('figure').or(byId('values-plot').getByRole('img')).first()
  const told = async () => Number(/([\d,]+) completed/.exec(await plot.getAttribute('aria-label'))?.[1].replaceAll(',', '') ?? 0)
  await grows('the plot', told)
  const canvas = byId('values-plot').locator('canvas').first()
  const picture = () => canvas.evaluate((element) => element.toDataURL())
  const before = await picture()
  await page.waitForFunction(
    (old) => document.querySelector('[data-testid=values-plot] canvas').toDataURL() !== old,
    before,
  )
  assert.match(await byId('best-value').first().innerText(), /\d/)
  await byId('event-log').getByText(/trial/i).first().waitFor()
})

test('pause and resume', async () => {
  const header = page.locator('header').filter({ has: byId('task-name') })
  await byId('transitions').getByRole('button', { name: 'Pause', exact: true }).click()
  await hasStatus(header, 'PAUSED')
  const { tasks } = await server.graphql('{ tasks(first: 1) { nodes { status } } }')
  assert.equal(tasks.nodes[0].status, 'PAUSED')
  await byId('transitions').getByRole('button', { name: 'Resume', exact: true }).click()
  await hasStatus(header, 'RUNNING')
  await grows('the numbers', () => completed(byId('key-numbers')))
})

test('a task is created by the form, and started', async () => {
  await page.getByRole('link', { name: 'Asktell: all tasks' }).click()
  await byId('new-task').click()
  const form = byId('create-task')
  await form.getByRole('button', { name: 'Create', exact: true }).click()
  await form.getByRole('alert').first().waitFor()
  await form.getByLabel('Name', { exact: true }).first().fill('Epoxy by form')
  const parameter = byId('parameter-row').first()
  await parameter.getByLabel('Name', { exact: true }).fill('temperature')
  await parameter.getByLabel('Low').fill('20')
  await parameter.getByLabel('High').fill('80')
  await byId('objectives-editor').getByLabel('Name', { exact: true }).fill('strength')
  await form.getByRole('button', { name: 'Create and start' }).click()
  await byId('task-name').waitFor()
  assert.equal((await byId('task-name').innerText()).trim(), 'Epoxy by form')
  await hasStatus(page.locator('header').filter({ has: byId('task-name') }), 'RUNNING')
  const { tasks } = await server.graphql(`{ tasks(filter: { name: { contains: "Epoxy by form" } }) { nodes {
    status objectives { name direction } parameterSpace { parameters { name ... on FloatParameter { low high } } } } } }`)
  assert.deepEqual(tasks.nodes, [
    {
      status: 'RUNNING',
      objectives: [{ name: 'strength', direction: 'MAXIMIZE' }],
      parameterSpace: { parameters: [{ name: 'temperature', low: 20, high: 80 }] },
    },
  ])
})

test('the list is filtered by status and name, and the address says how', async () => {
  await page.getByRole('link', { name: 'Asktell: all tasks' }).click()
  await row('Epoxy by form').getByRole('button', { name: 'Actions for Epoxy by form' }).click()
  await page.getByRole('menuitem', { name: 'Pause', exact: true }).click()
  await hasStatus(row('Epoxy by form'), 'PAUSED')
  const shown = async (...names) => {
    for (const one of names) await row(one).waitFor()
    await page.waitForFunction((count) => document.querySelectorAll('[data-testid=task-row]').length === count, names.length)
  }
  await shown(name, 'Epoxy by form')

  await page.getByRole('button', { name: 'Paused', exact: true }).click()
  await shown('Epoxy by form')
  assert.match(decodeURIComponent(page.url()), /status=.*PAUSED/)
  await page.reload()
  await shown('Epoxy by form')
  assert.equal(await page.getByRole('button', { name: 'Paused', exact: true }).getAttribute('aria-pressed'), 'true')
  await page.getByRole('button', { name: 'Paused', exact: true }).click()
  await shown(name, 'Epoxy by form')

  await page.getByRole('searchbox').fill('EPOXY')
  await shown('Epoxy by form')
  await page.waitForURL(/text=EPOXY/)
  await page.getByRole('searchbox').fill('')
  await shown(name, 'Epoxy by form')
})

test('after the server was away the page reconnects and catches up', async () => {
  await row('Epoxy by form').getByRole('link').click()
  await byId('task-name').waitFor()
  await isLive()
  await server.kill()
  await page.locator('[data-testid=connection][data-state=reconnecting]').waitFor()

  // Things happen before the page is back.
  const { port } = server
  server = await start('serve', database, port)
  const { tasks } = await server.graphql('{ tasks(filter: { name: { contains: "Epoxy by form" } }) { nodes { id } } }')
  const [{ id }] = tasks.nodes
  await server.graphql('mutation ($id: ID!) { transitionTask(input: { id: $id, to: RUNNING }) { task { id } } }', { id })
  const ask = 'mutation ($id: ID!) { ask(input: { taskId: $id, count: 7 }) { trials { id } } }'
  const { trials } = (await server.graphql(ask, { id })).ask
  for (const [place, trial] of trials.entries())
    await server.graphql(
      `mutation ($id: ID!, $value: Float!) { tell(input: { trialId: $id,
         outcome: { values: [{ objective: "strength", value: $value }] } }) { trial { id } } }`,
      { id: trial.id, value: place + 0.5 },
    )

  await isLive()
  await hasStatus(page.locator('header').filter({ has: byId('task-name') }), 'RUNNING')
  const deadline = Date.now() + patience
  while ((await completed(byId('key-numbers'))) !== 7 || (await number(byId('trials-loaded'))) !== 7) {
    assert.ok(Date.now() < deadline, 'the page does not catch up')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  assert.match(await byId('best-value').first().innerText(), /6\.5/)
  // What the browser says of the lost connection is not the page's fault.
  const others = browser
    .takeComplaints()
    .filter((text) => !/WebSocket connection to|Failed to load resource|ERR_CONNECTION/.test(text))
  assert.deepEqual(others, [])
})

test('GraphiQL is served with the binary, and works', async () => {
  await page.goto(`${server.url}/graphiql`)
  await page.getByRole('button', { name: /execute query/i }).waitFor()
  const editor = page.locator('.graphiql-query-editor .CodeMirror').first()
  await editor.click()
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText('{ server { version } }')
  // It takes a moment to see that there is only one operation now: until then it asks which one to run.
  const answer = page.locator('.result-window').getByText('version')
  for (let tries = 0; tries < 10 && !(await answer.isVisible()); tries++) {
    await editor.press('Control+Enter')
    await answer.waitFor({ timeout: 1_000 }).catch(() => {})
  }
  await answer.waitFor()
})
