// The Postman collection against the real binary, which $CHAT_SERVER names: newman sends every request
// of it and every assertion in it holds. Each of them is a case.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import newman from 'newman';
import { ServerProcess } from '../browser/server_process.mjs';

const COLLECTION = 'docs/postman/chat-be.postman_collection.json';
const collection = JSON.parse(readFileSync(COLLECTION, 'utf8'));

const folder = mkdtempSync(path.join(process.env.TEST_TMPDIR ?? tmpdir(), 'postman-'));
const server = new ServerProcess({ binary: path.resolve(process.env.CHAT_SERVER), folder });

// Resolves to what newman has to tell of one run.
function run(variables) {
  const envVar = Object.entries(variables).map(([key, value]) => ({ key, value }));
  return new Promise((resolve, reject) => {
    newman.run({ collection, envVar, reporters: [] }, (error, summary) =>
      error ? reject(error) : resolve(summary.run),
    );
  });
}

function countRequests(items) {
  return items.reduce((count, { item }) => count + (item ? countRequests(item) : 1), 0);
}

// What a request's assertions say, by name.
function reportOf({ requestError, assertions = [] }) {
  assert.equal(requestError, undefined);
  assert.notEqual(assertions.length, 0, 'a request without an assertion');
  for (const { assertion, error } of assertions) assert.ok(!error, `${assertion}: ${error?.message}`);
}

test('the collection is answered as it says', { timeout: 240_000 }, async (t) => {
  t.after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await server.start();
  const { executions, failures } = await run({
    baseUrl: server.url,
    adminUrl: server.adminUrl,
    drain: 'yes',
  });

  for (const execution of executions) {
    await t.test(execution.item.name, () => reportOf(execution));
  }
  assert.deepEqual(failures.map(({ error }) => error.message), []);
  assert.equal(executions.length, countRequests(collection.item));
  assert.equal(await server.ended(), 0, 'a node that drained ends well');
});
