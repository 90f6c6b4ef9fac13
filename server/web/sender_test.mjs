import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Outbox } from './outbox.js';
import { Sender } from './sender.js';
import { MemoryStorage, World } from './test_world.mjs';

let storage;
let world;
let sent;
let isLive;
let reconnects;
let acked;

beforeEach(() => {
  storage = new MemoryStorage();
  world = new World();
  sent = [];
  isLive = true;
  reconnects = 0;
  acked = [];
});

function create() {
  const outbox = new Outbox({ userId: '1', storage });
  const connection = {
    send: (frame) => isLive && sent.push(frame) > 0,
    reconnect: () => ++reconnects,
  };
  const onAcked = (entry) => acked.push(entry);
  return new Sender({ connection, outbox, onAcked, after: world.after });
}

function connected() {
  const sender = create();
  sender.connected();
  return sender;
}

function ackOf({ send }, seq) {
  return { ...send, seq: String(seq), message_id: '9', created_at: '2026-01-01T00:00:00.000Z' };
}

test('sends one at a time, in order', () => {
  const sender = connected();
  ['one', 'two', 'three'].forEach((text) => sender.send('5', text));
  assert.deepEqual(
    sent.map(({ send }) => send.text),
    ['one'],
  );
  sender.acked(ackOf(sent[0], 1));
  sender.acked(ackOf(sent[1], 2));
  assert.deepEqual(
    sent.map(({ send }) => send.text),
    ['one', 'two', 'three'],
  );
});

test('shows an acked message as an entry and forgets it', () => {
  const sender = connected();
  sender.send('5', 'hello');
  sender.acked(ackOf(sent[0], 3));
  assert.equal(acked.length, 1);
  assert.equal(acked[0].text, 'hello');
  assert.equal(acked[0].seq, '3');
  assert.deepEqual(sender.waitingIn('5'), []);
  assert.equal(storage.length, 0);
});

test('an answer keeps what it answers, through a reload and its ack', () => {
  connected().send('5', 'yes', 7n);
  const after = connected();
  assert.equal(sent.at(-1).send.reply_to_seq, '7');
  after.acked(ackOf(sent.at(-1), 8));
  assert.equal(acked[0].reply_to_seq, '7');
});

test('resends what was unacked after a reload, in order and with the same ids', () => {
  const before = connected();
  before.send('5', 'one');
  before.send('5', 'two');
  const ids = before.waitingIn('5').map((item) => item.client_msg_id);
  before.connectionLost();
  sent = [];

  const after = connected();
  after.acked(ackOf(sent[0], 1));
  assert.deepEqual(
    sent.map(({ send }) => send.client_msg_id),
    ids,
  );
});

test('keeps what is written while there is no connection', () => {
  isLive = false;
  const sender = create();
  sender.send('5', 'later');
  assert.deepEqual(sent, []);
  isLive = true;
  sender.connected();
  assert.equal(sent[0].send.text, 'later');
});

test('a refusal for good is shown and lets the next one go', () => {
  const sender = connected();
  sender.send('5', 'one');
  sender.send('6', 'two');
  assert.equal(sender.refused({ code: 'not_contacts' }, sent[0].ref), true);
  assert.equal(sender.waitingIn('5')[0].failure, 'You are not contacts.');
  assert.equal(sent[1].send.text, 'two');
});

test('a refusal for now keeps the order', async () => {
  const sender = connected();
  sender.send('5', 'one');
  sender.send('5', 'two');
  sender.refused({ code: 'unavailable', retry_after_ms: 100 }, sent[0].ref);
  await world.pass(99);
  assert.equal(sent.length, 1);
  await world.pass(1);
  assert.deepEqual(
    sent.map(({ send }) => send.text),
    ['one', 'one'],
  );
  assert.equal(sent[0].send.client_msg_id, sent[1].send.client_msg_id);
});

test('an ack that does not come makes it connect anew', async () => {
  connected().send('5', 'one');
  await world.pass(15_000);
  assert.equal(reconnects, 1);
});

test('an error about something else is not taken for an answer', () => {
  const sender = connected();
  sender.send('5', 'one');
  assert.equal(sender.refused({ code: 'unsupported' }, 12_345), false);
  assert.equal(sender.waitingIn('5')[0].failure, null);
});

test('its own message in the live stream counts as acked', () => {
  const sender = connected();
  sender.send('5', 'one');
  sender.send('5', 'two');
  sender.seen(sent[0].send.client_msg_id);
  assert.equal(sent[1].send.text, 'two');
  sender.acked(ackOf(sent[0], 1));
  assert.deepEqual(acked, []);
});

test('retry sends again what was refused, with the same id; discard forgets it', () => {
  const sender = connected();
  sender.send('5', 'one');
  const { client_msg_id: id } = sent[0].send;
  sender.refused({ code: 'forbidden' }, sent[0].ref);
  sender.retry(id);
  assert.equal(sent[1].send.client_msg_id, id);
  sender.refused({ code: 'forbidden' }, sent[1].ref);
  sender.discard(id);
  assert.equal(storage.length, 0);
});

test('two users of one browser do not see each other’s unsent messages', () => {
  const sender = connected();
  sender.send('5', 'mine');
  assert.equal(new Outbox({ userId: '2', storage }).next(), null);
});
