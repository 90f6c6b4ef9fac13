// The documentation page in headless Chromium against the real binary, which $CHAT_SERVER names:
// Swagger UI shows every operation and tries one, within the pages' Content-Security-Policy.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { ServerProcess } from './server_process.mjs';
import { until } from './waiting.mjs';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

const folder = mkdtempSync(path.join(process.env.TEST_TMPDIR ?? tmpdir(), 'docs-'));
const server = new ServerProcess({ binary: path.resolve(process.env.CHAT_SERVER), folder });
let browser;

before(async () => {
  await server.start();
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
});

after(async () => {
  await browser?.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

// Everything that the browser says is wrong, which is how it tells of a policy that was broken, and
// every request to somewhere else.
function complaintsOf(page) {
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(server.url) && !url.startsWith('data:')) complaints.push(url);
  });
  return complaints;
}

test('shows every operation of the specification and tries one', async () => {
  const specification = await (await fetch(new URL('/openapi.yaml', server.url))).text();
  const described = specification.match(/^ +operationId:/gm).length;
  const page = await browser.newPage();
  const complaints = complaintsOf(page);

  await page.goto(new URL('/docs', server.url).href);
  await until('every operation is shown', async () =>
    (await page.locator('.opblock').count()) === described,
  );
  const health = page.locator('#operations-Operations-getHealth');
  await health.locator('.opblock-summary-control').click();
  await health.getByRole('button', { name: 'Try it out' }).click();
  await health.getByRole('button', { name: 'Execute' }).click();
  await until('the answer is shown', async () =>
    /"status": "ok"/.test(await health.locator('.live-responses-table').textContent()),
  );

  assert.deepEqual(complaints, []);
});
