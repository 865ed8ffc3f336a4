// A real browser with one page, that keeps what the console complains of and which foreign hosts were asked.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

export const patience = 20_000

/** Debian's browser: none is downloaded. */
function findChromium() {
  const found = execFileSync('sh', ['-c', 'command -v chromium || command -v chromium-browser || true'])
  return String(found).trim() || assert.fail('there is no Chromium: `tests/run browser` installs it')
}

export async function openBrowser(directory, server) {
  const browser = await chromium.launchPersistentContext(join(directory, 'profile'), {
    executablePath: findChromium(),
    viewport: { width: 1280, height: 900 },
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
    ],
  })
  browser.setDefaultTimeout(patience)
  const page = browser.pages()[0] ?? (await browser.newPage())
  const foreign = []
  let complaints = []
  browser.on('request', (request) => {
    const { protocol, host } = new URL(request.url())
    if (/^(https?|wss?):$/.test(protocol) && host !== new URL(server.url).host) foreign.push(request.url())
  })
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  return {
    page,
    foreign,
    close: () => browser.close(),
    /** What was said since the last time. */
    takeComplaints() {
      const said = complaints
      complaints = []
      return said
    },
  }
}

/** The first number of a text, `1,234` as 1234. */
export async function number(locator) {
  const found = /[\d,]+/.exec(await locator.innerText())
  return found ? Number(found[0].replaceAll(',', '')) : 0
}

/** Waits until something that is asked for again and again is so. */
export async function until(what, holds) {
  const deadline = Date.now() + patience
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `it never happens that ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
