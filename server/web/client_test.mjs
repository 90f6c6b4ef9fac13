import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ApiError } from './api.js';
import { Client } from './client.js';
import { Outbox } from './outbox.js';
import { ReadMarks } from './read_marks.js';
import { Store } from './store.js';
import { MemoryStorage, settled, World } from './test_world.mjs';

const ANN = { user_id: '1', username: 'ann', display_name: 'ann' };
const BEN = { user_id: '2', username: 'ben', display_name: 'ben' };
const CLEO = { user_id: '3', username: 'cleo', display_name: 'cleo' };
const WELCOME = { limits: { watch_users: 500 } };

let world;
let server;
let connection;
let outbox;
let store;
let client;

beforeEach(() => {
  world = new World();
  const storage = new MemoryStorage();
  server = { calls: [], failure: null, contacts: [contact()], conversations: [conversation()] };
  connection = new FakeConnection();
  outbox = new Outbox({ userId: ANN.user_id, storage });
  store = new Store({ me: ANN, marks: new ReadMarks({ userId: ANN.user_id, storage }) });
  const session = { call, end: () => {} };
  client = new Client({ session, connection, store, outbox, after: world.after });
});

class FakeConnection {
  sent = [];
  reconnects = 0;
  turns = [];

  start() {
    this.turns.push('start');
  }

  stop() {
    this.turns.push('stop');
  }

  send(frame) {
    this.sent.push(frame);
    return true;
  }

  reconnect() {
    ++this.reconnects;
  }

  async welcome() {
    this.sent = [];
    this.onPhase('live');
    this.onWelcome(WELCOME);
    await settled();
  }

  // The kinds of the frames that were sent, in order.
  kinds() {
    return this.sent.map((frame) => Object.keys(frame).find((key) => key !== 'ref'));
  }
}

async function call(method, path, body) {
  server.calls.push(`${method} ${path.split('?')[0]}`);
  if (server.failure) throw server.failure;
  if (path.startsWith('/v1/blocks?')) return { blocks: [], next_cursor: '' };
  if (path.startsWith('/v1/users/')) return { user: CLEO };
  if (path.includes('/members')) return { members: server.members, next_cursor: '' };
  if (path.startsWith('/v1/contacts?')) return { contacts: server.contacts, next_cursor: '' };
  if (path.startsWith('/v1/conversations?')) {
    return { conversations: server.conversations, next_cursor: '' };
  }
  return { messages: server.messages, body };
}

function contact() {
  return { user: BEN, state: 'contact', online: false };
}

function conversation(lastSeq = 0) {
  return {
    conversation_id: '10',
    kind: 'direct',
    name: '',
    peer: BEN,
    last_seq: String(lastSeq),
    last_change: '0',
    my_read_seq: '0',
    unread_count: 0,
    created_at: '2026-01-01T10:00:00.000Z',
  };
}

function message(seq, sender = BEN) {
  return {
    conversation_id: '10',
    seq: String(seq),
    kind: 'text',
    sender_id: sender.user_id,
    client_msg_id: `id ${seq}`,
    text: `text ${seq}`,
    created_at: '2026-01-01T11:00:00.000Z',
  };
}

function texts() {
  return store
    .conversation('10')
    .timeline.entries()
    .map(({ text }) => text);
}

test('after the welcome it reads the lists, watches contacts, syncs, then resends', async () => {
  await connection.welcome();
  connection.onFrame('message', message(1));
  client.sender.send('10', 'unacked');
  server.conversations = [conversation(3)];
  connection.onPhase('waiting');
  await connection.welcome();
  assert.deepEqual(connection.kinds(), ['watch_presence', 'sync', 'send']);
  assert.deepEqual(connection.sent[0].watch_presence.user_ids, ['2']);
  assert.equal(connection.sent[1].sync.cursors[0].after_seq, '1');
  assert.equal(connection.sent[2].send.text, 'unacked');
});

test('sends nothing before the welcome', () => {
  client.sender.send('10', 'early');
  assert.deepEqual(connection.sent, []);
});

test('starts over when the lists cannot be read', async () => {
  server.failure = new ApiError({ status: 503, code: 'unavailable' });
  await connection.welcome();
  assert.equal(connection.reconnects, 1);
  assert.deepEqual(connection.sent, []);
});

test('shows its own message from the ack alone, once', async () => {
  await connection.welcome();
  client.sender.send('10', 'hello');
  const { send } = connection.sent.at(-1);
  const ack = { ...send, seq: '1', message_id: '5', created_at: '2026-01-01T11:00:00.000Z' };
  connection.onFrame('ack', ack);
  connection.onFrame('message', { ...message(1, ANN), client_msg_id: send.client_msg_id });
  assert.deepEqual(texts(), ['hello']);
  assert.deepEqual(client.sender.waitingIn('10'), []);
});

test('pulls the missing entries after a gap', async () => {
  await connection.welcome();
  connection.onFrame('message', message(1));
  connection.onFrame('gap', { conversation_id: '10', head_seq: '5', head_change: '0' });
  assert.equal(connection.sent.at(-1).sync.cursors[0].after_seq, '1');
});

test('waits a moment for a skipped entry, then pulls it', async () => {
  await connection.welcome();
  connection.onFrame('message', message(2));
  assert.equal(connection.kinds().includes('sync'), false);
  await world.pass(1000);
  assert.equal(connection.sent.at(-1).sync.cursors[0].after_seq, '0');
});

test('does not pull what arrived out of order', async () => {
  await connection.welcome();
  connection.onFrame('message', message(2));
  connection.onFrame('message', message(1));
  await world.pass(1000);
  assert.equal(connection.kinds().includes('sync'), false);
  assert.deepEqual(texts(), ['text 1', 'text 2']);
});

test('reads the contacts again when one changes, and watches the new list', async () => {
  await connection.welcome();
  server.contacts = [contact(), { ...contact(), user: { ...BEN, user_id: '3' } }];
  connection.onFrame('contact', { event: 'accepted', user: BEN });
  connection.onFrame('contact', { event: 'accepted', user: BEN });
  await settled();
  assert.deepEqual(connection.sent.at(-1).watch_presence.user_ids, ['2', '3']);
});

test('knows by what name somebody goes from now on', async () => {
  await connection.welcome();
  connection.onFrame('contact', { event: 'changed', user: { ...BEN, display_name: 'Benedict' } });
  assert.equal(store.person('2').display_name, 'Benedict');
  assert.equal(store.conversation('10').peer.display_name, 'Benedict');
});

test('an account that could not be erased goes on', async () => {
  await connection.welcome();
  server.failure = new ApiError({ status: 503, code: 'unavailable' });
  await assert.rejects(client.erase(), { code: 'unavailable' });
  assert.deepEqual(connection.turns, ['stop', 'start']);
  server.failure = null;
  await client.erase();
  assert.deepEqual(connection.turns, ['stop', 'start', 'stop']);
});

test('a conversation that is new to it appears, with what was said before', async () => {
  server.conversations = [];
  await connection.welcome();
  server.conversations = [conversation(1)];
  connection.onFrame('conversation', { event: 'gained', conversation: conversation(1) });
  connection.onFrame('message', message(2));
  await settled();
  assert.equal(store.conversation('10').noted, 2n);
});

test('looks a stranger up once, however often they are shown', async () => {
  store.person('3');
  store.person('3');
  await settled();
  assert.equal(store.person('3').username, 'cleo');
  assert.deepEqual(server.calls, ['GET /v1/users/3']);
});

test('asks again for a stranger who could not be looked up', async () => {
  server.failure = new ApiError({ status: 503, code: 'unavailable' });
  store.person('3');
  await settled();
  server.failure = null;
  store.person('3');
  await settled();
  assert.equal(store.person('3').username, 'cleo');
});

test('watches the members of a group that was opened, besides the contacts', async () => {
  server.conversations = [{ ...conversation(), kind: 'group', peer: undefined }];
  server.members = [ANN, BEN, CLEO].map((user) => ({ user, role: 'member' }));
  await connection.welcome();
  client.open('10');
  await settled();
  assert.deepEqual(connection.sent.at(-1).watch_presence.user_ids, ['2', '3']);
});

test('hands a group over without a moment in which it has no owner', async () => {
  server.members = [];
  await client.groups.transfer('10', '2');
  assert.deepEqual(server.calls.slice(0, 2), [
    'PATCH /v1/conversations/10/members/2',
    'PATCH /v1/conversations/10/members/1',
  ]);
});

test('tells what came, and after a reconnect what was read meanwhile', async () => {
  const receipts = () => connection.sent.map(({ receipt }) => receipt).filter(Boolean);
  await connection.welcome();
  connection.onFrame('message', message(1));
  await world.pass(1000);
  assert.deepEqual(receipts(), [{ conversation_id: '10', delivered_seq: '1' }]);
  connection.onPhase('waiting');
  store.markRead('10', 1n);
  server.conversations = [conversation(1)];
  await connection.welcome();
  await world.pass(1000);
  assert.deepEqual(receipts(), [{ conversation_id: '10', delivered_seq: '1', read_seq: '1' }]);
});

test('a message ends the typing of its sender', async () => {
  await connection.welcome();
  connection.onFrame('typing', { conversation_id: '10', user_id: '2', active: true });
  assert.deepEqual(client.typing.whoIn('10'), ['2']);
  connection.onFrame('message', message(1));
  assert.deepEqual(client.typing.whoIn('10'), []);
});

test('applies what others change about an entry', async () => {
  await connection.welcome();
  connection.onFrame('message', message(1));
  connection.onFrame('message', message(2));
  const at = { conversation_id: '10', user_id: '2' };
  connection.onFrame('edited', { ...at, seq: '1', change: '1', text: 'better', edited_at: 'now' });
  connection.onFrame('reaction', { ...at, seq: '1', change: '2', emoji: '👍', on: true });
  connection.onFrame('reaction', { ...at, seq: '1', change: '2', emoji: '👍', on: true });
  connection.onFrame('deleted', { ...at, seq: '2', change: '3' });
  const [first, second] = store.conversation('10').timeline.entries();
  assert.equal(first.text, 'better');
  assert.deepEqual(first.reactions, [{ emoji: '👍', count: 1, mine: false }]);
  assert.equal(second.deleted, true);
  assert.equal(store.conversation('10').change, 3n);
});

test('ignores frames that it does not know', async () => {
  await connection.welcome();
  connection.onFrame('hologram', {});
  assert.equal(connection.reconnects, 0);
});
