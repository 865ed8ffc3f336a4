// Trials that survive real workers, as the page shows them: people work beside programs, and programs die.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { act, ask, button, byId, dialog, inState, mutate, openTask, page, row, tell, trialOf } from './lab.mjs'

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

test('a person whose time is over while typing is told so, and the result still counts', async () => {
  const id = await openTask()
  await ask(id, { worker: 'Zoë', leaseSeconds: 3 })
  await button(byId('held-point'), 'Tell result…').click()
  const form = dialog('Tell the result of trial 1')
  await form.getByLabel('strength', { exact: true }).fill('5')
  await form.getByText('Your time for this point is over.').waitFor()
  await button(form, 'Tell result').click()
  await inState(1, 'COMPLETED')
  await row(1).getByText('late', { exact: true }).waitFor()
})

test('who takes a point where there is none is told why', async () => {
  const id = await openTask({ strategy: { kind: 'EXTERNAL' } })
  await button(page, 'Take a point').click()
  await button(dialog('Take a point'), 'Take').click()
  await dialog('Take a point').getByText(/^No point for you now: ./).waitFor()
  // The dialog stays: the next try may succeed.
  await mutate('enqueueTrials', 'trials { id }', { taskId: id, points: [{ temperature: 40 }] })
  await button(dialog('Take a point'), 'Take').click()
  await dialog('Trial 1 is yours').waitFor()
  await page.keyboard.press('Escape')
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

const addFinished = async () => {
  await button(page, 'Add trials').click()
  await page.getByRole('menuitem', { name: 'Add finished results…' }).click()
  return dialog('Add finished results')
}

test('finished results are pasted as a table, with what is refused by line before anything is stored', async () => {
  const id = await openTask()
  const form = await addFinished()
  await form
    .getByLabel('Table')
    .fill('Temperature (°C);Strength;strength sd;hours\n25,5;3,1;0,1;4\n900;3;;5\n40;broken;;6\n30;4;;7\n')
  const refused = form.getByTestId('table-refused')
  await refused.getByText('strength: “broken” is not a number').waitFor()
  await form.getByTestId('table-notices').getByText('Numbers have a decimal comma').waitFor()
  const bad = await refused.locator('li').count()
  await form.getByTestId('paste-summary').getByText(`${4 - bad} of 4 rows can be added.`).waitFor()
  assert.ok(await button(form, `Add ${4 - bad} rows`).isDisabled())
  await form.getByLabel('What “hours” holds').selectOption('metric of this name')
  await form.getByLabel('yes: leave them out').check()
  const add = button(form, `Add ${4 - bad} rows`)
  await add.click()
  await inState(4 - bad, 'COMPLETED')
  await row(1).getByText('3.1 ± 0.1').waitFor()
  await row(1).getByText('Measured elsewhere').waitFor()
  const trial = await trialOf(`${id}:1`, 'origin point metrics { name value }')
  assert.deepEqual(trial, { origin: 'IMPORTED', point: { temperature: 25.5 }, metrics: [{ name: 'hours', value: 4 }] })
})

test('what a table leaves open is asked, and a table that is there already is told', async () => {
  await openTask()
  let form = await addFinished()
  const text = 'temperature;strength\n25;1.200\n30;900\n40;PENDING\n'
  await form.getByLabel('Table').fill(text)
  const question = form.getByTestId('table-question')
  await question.getByText('or are its thousands separated?').waitFor()
  await form.getByLabel('decimal comma: “1.200” is 1200').check()
  await question.getByText('1 row has no result (line 4). What is to be stored?').waitFor()
  await form.getByLabel('trials without a result').check()
  await form.getByTestId('table-rows').getByText('to be run').waitFor()
  await button(form, 'Add 3 rows').click()
  await inState(2, 'COMPLETED')
  await row(1).getByText('1,200').or(row(1).getByText('1200')).first().waitFor()

  form = await addFinished()
  await form.getByLabel('Table').fill('temperature;strength\n25;1200,0\n30;900\n')
  await question.getByText('2 of 2 rows are in this task already (lines 2 and 3). Are they replicates?').waitFor()
  assert.ok(await button(form, 'Add 2 rows').isDisabled())
  await form.getByLabel('yes: they were measured again').check()
  await button(form, 'Add 2 rows').click()
  await inState(4, 'COMPLETED')
})

test('a file of results in Latin-1 is read by its bytes', async () => {
  await openTask()
  const form = await addFinished()
  const file = join(tmpdir(), `latin-${process.pid}.csv`)
  writeFileSync(file, Buffer.from('temperature;strength\n# µ\n25,5;1\n30;2\n', 'latin1'))
  await form.locator('input[type=file]').setInputFiles(file)
  await form.getByTestId('table-notices').getByText('Windows-1252').waitFor()
  await button(form, 'Add 2 rows').click()
  await inState(2, 'COMPLETED')
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
