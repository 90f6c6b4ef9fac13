import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { World } from './test_world.mjs';
import { Typing } from './typing.js';

let world;
let sent;
let typing;

beforeEach(() => {
  world = new World();
  sent = [];
  const connection = { send: (frame) => sent.push(frame.typing.active) > 0 };
  typing = new Typing({ connection, after: world.after });
});

function heard(active) {
  typing.heard({ conversation_id: '10', user_id: '2', active });
}

test('tells that one writes, again only after a while', async () => {
  typing.writing('10');
  typing.writing('10');
  assert.deepEqual(sent, [true]);
  await world.pass(3000);
  typing.writing('10');
  assert.deepEqual(sent, [true, true]);
});

test('tells once that one stopped, and not at all after a message', () => {
  typing.writing('10');
  typing.stopped('10');
  typing.stopped('10');
  assert.deepEqual(sent, [true, false]);
  typing.writing('10');
  typing.stopped('10', { sent: true });
  assert.deepEqual(sent, [true, false, true]);
});

test('knows who writes until they stop', () => {
  heard(true);
  assert.deepEqual(typing.whoIn('10'), ['2']);
  heard(false);
  assert.deepEqual(typing.whoIn('10'), []);
});

test('forgets who was not heard of for six seconds', async () => {
  let changes = 0;
  typing.onChanged = () => ++changes;
  heard(true);
  await world.pass(4000);
  heard(true);
  await world.pass(4000);
  assert.deepEqual(typing.whoIn('10'), ['2']);
  await world.pass(2000);
  assert.deepEqual(typing.whoIn('10'), []);
  assert.equal(changes, 3);
});
