import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Changes } from './changes.js';
import { World } from './test_world.mjs';

let world;
let sent;
let isLive;
let changes;

beforeEach(() => {
  world = new World();
  sent = [];
  isLive = true;
  const connection = { send: (frame) => isLive && sent.push(frame) > 0 };
  changes = new Changes({ connection, after: world.after });
});

test('an ack with its number tells that it was accepted', async () => {
  const edited = changes.edit('10', 3n, 'better');
  assert.deepEqual(sent[0].edit, { conversation_id: '10', seq: '3', text: 'better' });
  assert.equal(changes.acked(1), false);
  assert.equal(changes.acked(sent[0].ref), true);
  await edited;
});

test('answers find the question that they belong to, in any order', async () => {
  const first = changes.react('10', 1n, '👍', true);
  const second = changes.delete('10', 2n);
  changes.refused({ code: 'forbidden', detail: '' }, sent[1].ref);
  changes.acked(sent[0].ref);
  await first;
  await assert.rejects(second, { code: 'forbidden' });
});

test('does not wait for ever, nor for a connection that is lost', async () => {
  const unanswered = assert.rejects(changes.delete('10', 1n), { code: 'unreachable' });
  await world.pass(15_000);
  await unanswered;
  const cut = assert.rejects(changes.delete('10', 1n), { code: 'unreachable' });
  changes.connectionLost();
  await cut;
  isLive = false;
  await assert.rejects(changes.delete('10', 1n), { code: 'unreachable' });
});
