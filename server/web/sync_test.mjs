import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ReadMarks } from './read_marks.js';
import { Store } from './store.js';
import { Sync } from './sync.js';
import { MemoryStorage, World } from './test_world.mjs';

let world;
let sent;
let reconnects;
let sync;

beforeEach(() => {
  world = new World();
  sent = [];
  reconnects = 0;
  const marks = new ReadMarks({ userId: '1', storage: new MemoryStorage() });
  const store = new Store({ me: { user_id: '1' }, marks });
  store.replaceConversations(['10', '11'].map((id) => conversation(id)));
  const connection = { send: (frame) => sent.push(frame) > 0, reconnect: () => ++reconnects };
  sync = new Sync({ connection, store, after: world.after });
});

function conversation(id) {
  const positions = { last_seq: '4', last_change: '2', my_read_seq: '0' };
  return { conversation_id: id, kind: 'direct', name: '', ...positions, created_at: '' };
}

function position(id, more) {
  return { conversation_id: id, next_after_seq: '4', next_after_change: '3', head_seq: '4', more };
}

test('asks from where each conversation stands', () => {
  sync.request(['10', '11']);
  assert.deepEqual(sent[0].sync.cursors, [
    { conversation_id: '10', after_seq: '4', after_change: '2' },
    { conversation_id: '11', after_seq: '4', after_change: '2' },
  ]);
});

test('has one sync under way; what is asked for meanwhile goes into the next', () => {
  sync.request(['10']);
  sync.request(['11']);
  assert.equal(sent.length, 1);
  sync.done({ conversations: [position('10', false)] });
  assert.deepEqual(
    sent[1].sync.cursors.map((cursor) => cursor.conversation_id),
    ['11'],
  );
});

test('goes on while there is more, from the new positions', () => {
  sync.request(['10']);
  sync.done({ conversations: [position('10', true)] });
  assert.equal(sent[1].sync.cursors[0].after_change, '3');
  sync.done({ conversations: [position('10', false)] });
  assert.equal(sent.length, 2);
});

test('does not ask for conversations that it does not know', () => {
  sync.request(['99']);
  assert.deepEqual(sent, []);
});

test('an answer that does not come makes it connect anew', async () => {
  sync.request(['10']);
  await world.pass(30_000);
  assert.equal(reconnects, 1);
});

test('a lost connection forgets what was asked', async () => {
  sync.request(['10']);
  sync.connectionLost();
  await world.pass(30_000);
  assert.equal(reconnects, 0);
  sync.request(['11']);
  assert.equal(sent.length, 2);
});
