import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Receipts } from './receipts.js';
import { World } from './test_world.mjs';

const SOON = 1000;

let world;
let sent;
let isLive;
let receipts;

beforeEach(() => {
  world = new World();
  sent = [];
  isLive = true;
  const connection = { send: ({ receipt }) => isLive && sent.push(receipt) > 0 };
  receipts = new Receipts({ connection, after: world.after });
});

test('tells the last of what came in a row', async () => {
  receipts.delivered('10', 1n);
  receipts.delivered('10', 2n);
  receipts.read('10', 2n);
  await world.pass(SOON);
  assert.deepEqual(sent, [{ conversation_id: '10', delivered_seq: '2', read_seq: '2' }]);
});

test('tells nothing twice, and nothing that goes back', async () => {
  receipts.read('10', 5n);
  await world.pass(SOON);
  receipts.delivered('10', 4n);
  receipts.read('10', 5n);
  await world.pass(SOON);
  assert.equal(sent.length, 1);
});

test('what could not be told is told after the reconnect', async () => {
  isLive = false;
  receipts.read('10', 3n);
  await world.pass(SOON);
  assert.deepEqual(sent, []);
  isLive = true;
  receipts.connectionLost();
  receipts.connected();
  await world.pass(SOON);
  assert.equal(sent[0].read_seq, '3');
});
