import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ApiError } from './api.js';
import { Search } from './search.js';
import { settled, World } from './test_world.mjs';

let world;
let asked;
let search;

beforeEach(() => {
  world = new World();
  asked = [];
  const call = (method, path) =>
    new Promise((resolve, reject) => asked.push({ path, resolve, reject }));
  search = new Search({ call, after: world.after });
});

function found(text) {
  return { messages: [{ conversation_id: '10', seq: '1', sender_id: '2', text }] };
}

test('asks once for what is typed in one go', async () => {
  search.lookFor('la');
  await world.pass(100);
  search.lookFor('la mer');
  await world.pass(1000);
  assert.deepEqual(
    asked.map(({ path }) => path),
    ['/v1/search?limit=30&q=la%20mer'],
  );
});

test('only the answer to the last question counts', async () => {
  search.lookFor('one');
  await world.pass(1000);
  search.lookFor('two');
  await world.pass(1000);
  asked[1].resolve(found('two'));
  asked[0].resolve(found('one'));
  await settled();
  assert.equal(search.entries[0].text, 'two');
});

test('nothing is found when nothing is looked for any more', async () => {
  search.lookFor('one');
  await world.pass(1000);
  search.lookFor('');
  asked[0].resolve(found('one'));
  await settled();
  assert.equal(search.entries, null);
});

test('says why nothing could be found', async () => {
  search.lookFor('one');
  await world.pass(1000);
  asked[0].reject(new ApiError({ status: 503, code: 'unavailable' }));
  await settled();
  assert.deepEqual(search.entries, []);
  assert.equal(search.failure.code, 'unavailable');
});
